using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;

namespace Inference.Engine;

/// <summary>One accepted request, as its submitter sees it.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "A stream of events; nothing to take for System.IO.Stream.")]
public sealed class RequestStream
{
    private readonly Action<long, FinishReason> _end;
    private readonly Sequence? _sequence;
    private int _isEnded;

    internal RequestStream(Sequence sequence, Action<long, FinishReason> end)
        : this(sequence.Id, sequence, [.. sequence.Answers], end)
    {
    }

    /// <summary>For a request that never becomes a sequence.</summary>
    internal RequestStream(long sequenceId, IReadOnlyList<ChannelReader<TokenEvent>> answers, Action<long, FinishReason> end)
        : this(sequenceId, null, answers, end)
    {
    }

    private RequestStream(long sequenceId, Sequence? sequence, IReadOnlyList<ChannelReader<TokenEvent>> answers, Action<long, FinishReason> end)
    {
        _sequence = sequence;
        _end = end;
        SequenceId = sequenceId;
        Events = answers[0];
        Answers = [this, .. answers.Skip(1).Select(answer => new RequestStream(sequenceId, sequence, [answer], end))];
    }

    /// <summary>Unique in this engine.</summary>
    public long SequenceId { get; }

    /// <summary>
    /// Tokens of the prompt that were in the KV cache when the request was first scheduled, and so were not computed. Known once an event
    /// was read, before which it is 0.
    /// </summary>
    public int CachedTokens => _sequence?.CachedTokens ?? 0;

    /// <summary>When things happened to it, as far as it has come; final once the terminal event was read. Null: it was never taken in.</summary>
    public RequestTimings? Timings => _sequence is { Timings: var timings }
        ? new RequestTimings(timings.Arrival, timings.FirstScheduled, timings.FirstToken, timings.LastToken)
        : null;

    /// <summary>
    /// Of the prompt's tokens, from its second one on: [prompt - 1], when <see cref="InferenceRequest.PromptLogprobs"/> asks for it. Known
    /// once a token was read, empty before.
    /// </summary>
    public IReadOnlyList<TokenLogprobs> PromptLogprobs => _sequence?.PromptLogprobs ?? [];

    /// <summary>
    /// Generated tokens as they come, then exactly one terminal event, after which the channel is complete. For one reader. Not bounded:
    /// a slow reader holds nobody up, and there are no more events than the request's limit of tokens, and one.
    /// </summary>
    public ChannelReader<TokenEvent> Events { get; }

    /// <summary>
    /// The streams of all texts that the request is answered with, the best first, this one included: several with beam search. Each ends
    /// for itself, and ending one ends the request.
    /// </summary>
    public IReadOnlyList<RequestStream> Answers { get; }

    /// <summary>
    /// Asks for the request to end, from any thread, at any time, any number of times. Returns at once; the request's blocks are free
    /// before the next step. The terminal event still comes, and is of another kind if the request ended first.
    /// </summary>
    public void Cancel() => End(FinishReason.Cancelled);

    /// <summary>As <see cref="Cancel"/>, but because the answer is whole: its reader has found a stop string.</summary>
    public void Stop() => End(FinishReason.Stop);

    private void End(FinishReason reason)
    {
        if (Interlocked.Exchange(ref _isEnded, 1) == 0)
            _end(SequenceId, reason);
    }
}
