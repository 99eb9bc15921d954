namespace Inference.Engine.Scheduling;

/// <summary>A queue in the order of standings, which are known on arrival. Adding, removing and looking take logarithmic time.</summary>
internal sealed class StandingQueue : IWaitingQueue
{
    private readonly SortedSet<Sequence> _sequences = new(StandingComparer.Instance);

    public int Count => _sequences.Count;

    public Sequence? First => _sequences.Min;

    public IEnumerable<Sequence> All => _sequences;

    public void Add(Sequence sequence) => _sequences.Add(sequence);

    public void Remove(Sequence sequence) => _sequences.Remove(sequence);
}
