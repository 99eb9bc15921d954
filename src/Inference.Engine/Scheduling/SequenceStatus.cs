namespace Inference.Engine.Scheduling;

/// <summary>Where a sequence is. Why it ended is its outcome's <see cref="Requests.FinishReason"/>.</summary>
internal enum SequenceStatus
{
    /// <summary>Accepted, never scheduled.</summary>
    Waiting,

    /// <summary>Holds cache blocks and takes part in steps.</summary>
    Running,

    /// <summary>Was running, gave its cache blocks up, waits to be recomputed.</summary>
    Preempted,

    /// <summary>Its terminal event was sent.</summary>
    Finished,
}
