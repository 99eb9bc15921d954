using Inference.Engine.Requests;

namespace Inference.Server.Telemetry;

/// <summary>How long a choice has been where; a phase that was not reached is null.</summary>
/// <param name="Arrival">When it was submitted.</param>
/// <param name="Queue">From there until it was first scheduled.</param>
/// <param name="Prefill">From there to its first token.</param>
/// <param name="Decode">From there to its last token.</param>
/// <param name="Tokens">Tokens generated.</param>
internal sealed record GenerationPhases(DateTimeOffset Arrival, TimeSpan? Queue, TimeSpan? Prefill, TimeSpan? Decode, int Tokens)
{
    /// <summary>From the engine's timestamps.</summary>
    public static GenerationPhases Of(RequestTimings timings, int tokens, TimeProvider time)
    {
        return new GenerationPhases(
            time.GetUtcNow() - time.GetElapsedTime(timings.Arrival),
            Between(timings.Arrival, timings.FirstScheduled),
            Between(timings.FirstScheduled, timings.FirstToken),
            Between(timings.FirstToken, timings.LastToken),
            tokens);

        TimeSpan? Between(long? start, long? end) => start is { } from && end is { } to ? time.GetElapsedTime(from, to) : null;
    }
}
