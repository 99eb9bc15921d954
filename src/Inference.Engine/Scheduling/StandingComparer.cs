namespace Inference.Engine.Scheduling;

/// <summary>Orders sequences by their standing.</summary>
internal sealed class StandingComparer : IComparer<Sequence>
{
    public static StandingComparer Instance { get; } = new();

    public int Compare(Sequence? x, Sequence? y) => x!.Standing.CompareTo(y!.Standing);
}
