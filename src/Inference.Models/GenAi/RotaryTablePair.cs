namespace Inference.Models.GenAi;

/// <summary>A node's rotary tables.</summary>
/// <param name="Cos">The name of the cosines [positions, <paramref name="Half"/>].</param>
/// <param name="Sin">The name of the sines, as the cosines.</param>
/// <param name="Rows">Positions in the tables.</param>
/// <param name="Pairs">How many of a head's pairs turn.</param>
/// <param name="Half">Half of a head.</param>
internal readonly record struct RotaryTablePair(string Cos, string Sin, int Rows, int Pairs, int Half)
{
    /// <summary>Whether pairs are neighbours in the package.</summary>
    public bool IsInterleaved { get; init; }

    /// <summary>Whether pairs are the halves of whole heads, as attention here has them.</summary>
    public bool PairsAreHalves => Pairs == Half && !IsInterleaved;
}
