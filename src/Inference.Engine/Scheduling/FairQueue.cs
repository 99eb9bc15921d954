namespace Inference.Engine.Scheduling;

/// <summary>
/// A queue for each client. Preempted sequences come first: they have joined, and keep the standing that they got then. Otherwise the next
/// is the oldest of the client that was served least. Finding it looks only at clients that were served since it was looked for last.
/// (Virtual token counters: Sheng et al., Fairness in Serving Large Language Models, 2024, section 4.)
/// </summary>
internal sealed class FairQueue : IWaitingQueue
{
    private readonly StandingQueue _preempted = new();
    private readonly Dictionary<ClientAccount, StandingQueue> _waiting = [];

    /// <summary>The clients of <see cref="_waiting"/>, each once, by what they had been served when they were last looked at: now it may be more.</summary>
    private readonly PriorityQueue<ClientAccount, (double Served, int Index)> _order = new();

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
        QueueOf(sequence).Remove(sequence);
        Count--;
    }

    private StandingQueue? Leader()
    {
        // What a client was served only ever grows: whoever is first, and has been served no more since, comes before all others.
        while (_order.TryPeek(out var client, out var order))
        {
            var queue = _waiting[client];
            if (queue.Count > 0 && order.Served == client.Served)
                return queue;

            _order.Dequeue();
            if (queue.Count > 0)
                _order.Enqueue(client, OrderOf(client));
            else
                _waiting.Remove(client);
        }

        return null;
    }

    private StandingQueue QueueOf(Sequence sequence)
    {
        if (sequence.Status == SequenceStatus.Preempted)
            return _preempted;
        if (!_waiting.TryGetValue(sequence.Client, out var queue))
        {
            _waiting.Add(sequence.Client, queue = new StandingQueue());
            _order.Enqueue(sequence.Client, OrderOf(sequence.Client));
        }

        return queue;
    }

    private static (double Served, int Index) OrderOf(ClientAccount client) => (client.Served, client.Index);
}
