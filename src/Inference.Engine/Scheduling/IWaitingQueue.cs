namespace Inference.Engine.Scheduling;

/// <summary>The sequences that are to join, new ones and preempted ones.</summary>
internal interface IWaitingQueue
{
    int Count { get; }

    /// <summary>The one to join next; null when there is none.</summary>
    Sequence? First { get; }

    /// <summary>All, those that have a standing in its order.</summary>
    IEnumerable<Sequence> All { get; }

    void Add(Sequence sequence);

    void Remove(Sequence sequence);
}
