using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Runs;

/// <summary>What can be told while a run goes on. Any thread may write.</summary>
internal sealed class LiveStatistics
{
    private readonly Lock _lock = new();
    private readonly DistributionBuilder _firstTokens = new();
    private long _started;
    private long _ended;
    private long _failed;
    private long _tokens;

    public long InFlight => Interlocked.Read(ref _started) - Interlocked.Read(ref _ended);

    public long EndedRequests => Interlocked.Read(ref _ended);

    public long Failed => Interlocked.Read(ref _failed);

    public long Tokens => Interlocked.Read(ref _tokens);

    public void Started() => Interlocked.Increment(ref _started);

    public void Token() => Interlocked.Increment(ref _tokens);

    /// <param name="latency">Microseconds.</param>
    public void FirstToken(long latency)
    {
        lock (_lock)
            _firstTokens.Add(latency);
    }

    public void Ended(RequestRecord record)
    {
        Interlocked.Increment(ref _ended);
        if (record.Outcome == RequestOutcome.Failed)
            Interlocked.Increment(ref _failed);
    }

    public Distribution FirstTokens()
    {
        lock (_lock)
            return _firstTokens.Build();
    }
}
