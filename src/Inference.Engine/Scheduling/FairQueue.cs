namespace Inference.Engine.Scheduling;

/// <summary>
/// A queue for each client. Preempted sequences come first: they have joined, and keep the standing that they got then. Otherwise the next
/// is the oldest of the client that was served least. Finding it looks at every client that waits.
/// (Virtual token counters: Sheng et al., Fairness in Serving Large Language Models, 2024, section 4.)
/// </summary>
internal sealed class FairQueue : IWaitingQueue
{
    private readonly StandingQueue _preempted = new();
    private readonly Dictionary<ClientAccount, StandingQueue> _waiting = [];

    public int Count { get; private set; }

    public Sequence? First => _preempted.First ?? Leader()?.First;

    public IEnumerable<Sequence> All => _preempted.All.Concat(_waiting.Values.SelectMany(queue => queue.All));

    public void Add(Sequence sequence)
    {
        QueueOf(sequence).Add(sequence);
        Count++;
    }

    public void Remove(Sequence sequence)
    {
        var queue = QueueOf(sequence);
        queue.Remove(sequence);
        Count--;
        if (queue.Count == 0 && queue != _preempted)
            _waiting.Remove(sequence.Client);
    }

    private StandingQueue? Leader()
    {
        ClientAccount? least = null;
        foreach (var client in _waiting.Keys)
        {
            if (least is null || SchedulingPolicy.ComesFirst(client, least))
                least = client;
        }

        return least is null ? null : _waiting[least];
    }

    private StandingQueue QueueOf(Sequence sequence)
    {
        if (sequence.Status == SequenceStatus.Preempted)
            return _preempted;
        if (!_waiting.TryGetValue(sequence.Client, out var queue))
            _waiting.Add(sequence.Client, queue = new StandingQueue());
        return queue;
    }
}
