namespace Inference.Engine.Scheduling;

/// <summary>Questions to ask of a status, so that nobody compares its numbers.</summary>
internal static class SequenceStatusExtensions
{
    /// <summary>Whether it waits for admission, for the first time or again.</summary>
    public static bool IsQueued(this SequenceStatus status) => status is SequenceStatus.Waiting or SequenceStatus.Preempted;

    public static bool IsFinished(this SequenceStatus status) => status is SequenceStatus.Finished;
}
