using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Simulation.Loads;

namespace Inference.Simulation.Reports;

/// <summary>What came of a simulation. Latencies are those of requests that got all their tokens.</summary>
internal sealed class ServiceStatistics
{
    /// <summary>Requests that got all their tokens.</summary>
    public long Completed { get; private set; }

    /// <summary>Requests that can never run, or found the queue full.</summary>
    public long Refused { get; private set; }

    /// <summary>Requests whose deadline passed in the queue.</summary>
    public long Expired { get; private set; }

    public long OutputTokens { get; private set; }

    public long PromptTokens { get; private set; }

    /// <summary>Tokens of prompts that were in the cache when they were first scheduled.</summary>
    public long CachedTokens { get; private set; }

    public long Preemptions { get; private set; }

    public long Steps { get; private set; }

    /// <summary>Time that replicas spent in steps, of all replicas together.</summary>
    public TimeSpan Busy { get; private set; }

    /// <summary>When the last request ended.</summary>
    public TimeSpan End { get; private set; }

    /// <summary>Arrival to first token.</summary>
    public LogHistogram FirstToken { get; } = new();

    /// <summary>The same, of urgent requests alone.</summary>
    public LogHistogram UrgentFirstToken { get; } = new();

    /// <summary>A request's mean time for each token after the first.</summary>
    public LogHistogram PerOutputToken { get; } = new();

    /// <summary>One token to the next.</summary>
    public LogHistogram InterToken { get; } = new();

    public double HitRate => PromptTokens == 0 ? 0 : (double)CachedTokens / PromptTokens;

    public void RequestRefused() => Refused++;

    public void StepBegun(TimeSpan duration)
    {
        Steps++;
        Busy += duration;
    }

    public void RequestEnded(SimulatedRequest request, Sequence sequence, FinishReason reason, TimeSpan now)
    {
        End = now;
        if (reason == FinishReason.Expired)
        {
            Expired++;
            return;
        }

        var timings = sequence.Timings;
        var (first, last) = (timings.FirstToken!.Value, timings.LastToken!.Value);
        Completed++;
        PromptTokens += sequence.PromptLength;
        CachedTokens += sequence.CachedTokens!.Value;
        OutputTokens += sequence.GeneratedLength;
        Preemptions += sequence.PreemptionCount;
        FirstToken.Add(Seconds(first - timings.Arrival));
        if (request.IsUrgent)
            UrgentFirstToken.Add(Seconds(first - timings.Arrival));
        if (sequence.GeneratedLength > 1)
            PerOutputToken.Add(Seconds(last - first) / (sequence.GeneratedLength - 1));
    }

    public void TokenGenerated(Sequence sequence, TimeSpan now)
    {
        if (sequence.Timings.LastToken is { } last)
            InterToken.Add(Seconds(now.Ticks - last));
    }

    private static double Seconds(long ticks) => TimeSpan.FromTicks(ticks).TotalSeconds;
}
