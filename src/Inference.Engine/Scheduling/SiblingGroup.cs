namespace Inference.Engine.Scheduling;

/// <summary>The choices of one prompt that have not ended: who joins takes over the blocks of one that runs.</summary>
internal sealed class SiblingGroup
{
    /// <summary>All of them.</summary>
    public int LiveCount { get; set; }

    /// <summary>Those that hold blocks.</summary>
    public List<Sequence> Running { get; } = [];

    /// <summary>Those that are in no queue, because one that runs is about to compute what they want to take over.</summary>
    public List<Sequence> Held { get; } = [];
}
