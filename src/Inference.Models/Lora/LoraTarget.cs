using Inference.Models.Checkpoints;
using Inference.Models.Rotation;

namespace Inference.Models.Lora;

/// <summary>A projection that adapters can change: rows of a site, and how they come from a module of the family's checkpoints.</summary>
/// <param name="Site">See <see cref="LoraSites"/>.</param>
/// <param name="Weight">Its name in <see cref="WeightNames"/>.</param>
/// <param name="InputSize">Columns of its matrix.</param>
/// <param name="FirstOutput">Its first output within the site.</param>
/// <param name="OutputSize">Rows of its matrix.</param>
internal sealed record LoraTarget(int Site, string Weight, int InputSize, int FirstOutput, int OutputSize)
{
    /// <summary>Which outputs of the module it has, in which order; null for all as they are.</summary>
    public RowSelection? Rows { get; init; }

    /// <summary>Multiplies the module's matrix.</summary>
    public float Times { get; init; } = 1;

    /// <summary>How the decoder's matrix was rotated; null for not at all.</summary>
    public MatrixRotation? Rotation { get; init; }
}
