using System.Collections.Immutable;
using System.Threading.Channels;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;
using Microsoft.Extensions.Logging;

namespace Inference.Engine;

/// <summary>
/// The engine from outside: requests in, tokens out. Every member may be called from any thread. Owns the loop that runs the model;
/// the executor stays its creator's to dispose of, after the engine.
/// </summary>
public sealed partial class InferenceEngine : IAsyncDisposable
{
    private readonly ModelLimits _limits;
    private readonly SchedulerOptions _options;
    private readonly int _maxSequenceLength;
    private readonly EngineMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly Func<ulong> _seedSource;
    private readonly AdmissionGate _gate;
    private readonly Channel<EngineCommand> _commands;
    private readonly EngineLoop _loop;
    private readonly StepJournal? _journal;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lazy<Task> _completion;
    private long _lastSequenceId;
    private int _isDisposed;

    /// <param name="executor">Runs the steps; its limits bound the requests.</param>
    /// <param name="options">How much to run at once.</param>
    /// <param name="metrics">Where to report.</param>
    /// <param name="time">Tells the time of arrivals, tokens and limits.</param>
    /// <param name="logger">Failed steps, and a warning when the cache is smaller than the model's longest sequence.</param>
    /// <param name="seedSource">Seeds for requests that name none; null: from the system's random source.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public InferenceEngine(
        IModelExecutor executor,
        SchedulerOptions options,
        EngineMetrics metrics,
        TimeProvider time,
        ILogger<InferenceEngine> logger,
        Func<ulong>? seedSource = null)
    {
        ArgumentNullException.ThrowIfNull(executor);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        options.Validate();
        _limits = executor.Limits;
        _options = options;
        _metrics = metrics;
        _time = time;
        _seedSource = seedSource ?? (() => (ulong)Random.Shared.NextInt64(long.MinValue, long.MaxValue));
        _gate = new AdmissionGate(options.MaxQueueLength, options.MaxQueuedTokens);
        _maxSequenceLength = SchedulingPolicy.MaxSequenceLength(_limits);
        if (_maxSequenceLength < _limits.MaxModelLength)
            Log.CacheBoundsRequests(logger, _limits.BlockCount, _limits.BlockSize, _maxSequenceLength, _limits.MaxModelLength);

        // No capacity, for a command must never be lost. The gate bounds submissions, and each accepted request is ended at most once.
        _commands = Channel.CreateUnbounded<EngineCommand>(new UnboundedChannelOptions { SingleReader = true });
        var scheduler = new Scheduler(_limits, options, _gate, metrics, time);
        _journal = options.JournalLength > 0 ? new StepJournal(options.JournalLength) : null;
        _loop = new EngineLoop(scheduler, executor, new Sampler(_limits.VocabularySize), _commands, metrics, _journal, time, logger);
        metrics.StatusChanged(_loop.Status);
        metrics.DescribeCache(_limits, options);
        _completion = new Lazy<Task>(() => Task.Run(() => _loop.RunAsync(_stop.Token)));
    }

    /// <summary>How full the engine is, as of the scheduling of its latest step.</summary>
    public EngineStatus Status => _loop.Status;

    /// <summary>The latest steps, the oldest first: as many as <see cref="SchedulerOptions.JournalLength"/> asks for.</summary>
    public IReadOnlyList<StepRecord> RecentSteps => _journal?.Steps ?? [];

    /// <summary>
    /// The most tokens, prompt and output, of one request here: what the model takes, or the whole KV cache if that holds less.
    /// </summary>
    public int MaxSequenceLength => _maxSequenceLength;

    /// <summary>Starts the loop. Requests submitted earlier wait for this. Calling it again does nothing.</summary>
    public void Start() => _ = _completion.Value;

    /// <summary>Ends when the loop has: after disposal, or with an exception should the loop itself ever fail. Starts the engine.</summary>
    public Task Completion => _completion.Value;

    /// <summary>
    /// Submits a request. One that can never run here is accepted and ends at once with <see cref="FinishReason.Rejected"/> and the
    /// reason in words.
    /// </summary>
    /// <param name="request">Validated and tokenised.</param>
    /// <param name="stream">The request's events when it was accepted.</param>
    public SubmitOutcome TrySubmit(InferenceRequest request, out RequestStream? stream)
    {
        ArgumentNullException.ThrowIfNull(request);
        var outcome = TrySubmit([request], out var streams);
        stream = outcome == SubmitOutcome.Accepted ? streams[0] : null;
        return outcome;
    }

    /// <summary>
    /// Submits requests that belong together, as a prompt's choices do: all are accepted or none is, and the same step can begin with all.
    /// </summary>
    /// <param name="requests">Validated and tokenised.</param>
    /// <param name="streams">Each request's events when they were accepted, else empty.</param>
    public SubmitOutcome TrySubmit(ImmutableArray<InferenceRequest> requests, out ImmutableArray<RequestStream> streams)
    {
        streams = [];
        if (_gate.IsClosed)
            return Refuse(SubmitOutcome.Draining);

        var accepted = ImmutableArray.CreateBuilder<RequestStream>(requests.Length);
        var sequences = ImmutableArray.CreateBuilder<Sequence>(requests.Length);
        foreach (var request in requests)
            accepted.Add(Open(request, sequences));

        var entering = sequences.DrainToImmutable();
        if (!entering.IsEmpty && Enter(entering) is var outcome and not SubmitOutcome.Accepted)
        {
            foreach (var sequence in entering)
                sequence.Request.Adapter?.Release();
            return Refuse(outcome);
        }

        streams = accepted.MoveToImmutable();
        return SubmitOutcome.Accepted;
    }

    /// <summary>Takes no more requests, waits for those there are, and cancels what is left when the limit is over.</summary>
    /// <returns>True when every request ended by itself.</returns>
    public async Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        _gate.Close();
        Start();
        var idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_commands.Writer.TryWrite(new EngineCommand.Drain(idle)))
            return true;

        try
        {
            await idle.Task.WaitAsync(limit, _time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            _commands.Writer.TryWrite(new EngineCommand.CancelAll());
            await idle.Task.WaitAsync(cancellationToken);
            return false;
        }
    }

    /// <summary>Stops the loop. Requests that have not ended are cancelled.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
            return;

        _gate.Close();
        await _stop.CancelAsync();
        // A failure of the loop was logged, and is Completion's to report.
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    // One that can never run has its end at once, and is no sequence.
    private RequestStream Open(InferenceRequest request, ImmutableArray<Sequence>.Builder sequences)
    {
        // Beams are sequences of their own, and have the ids that follow.
        var count = request.Beams?.Width ?? 1;
        var id = Interlocked.Add(ref _lastSequenceId, count) - count + 1;
        if (RequestAdmission.Refusal(request, _limits, _options) is { } refusal)
            return Rejected(id, request, refusal);
        if (request.Adapter?.TryHold() == false)
            return Rejected(id, request, "The adapter that the request names has been unloaded.");

        var sequence = new Sequence(id, request, SchedulingPolicy.MaxLengthOf(request, _limits), _seedSource(), _time.GetTimestamp());
        sequences.Add(sequence);
        return new RequestStream(sequence, End);
    }

    private SubmitOutcome Enter(ImmutableArray<Sequence> sequences)
    {
        var tokens = sequences.Sum(sequence => (long)sequence.PromptLength);
        if (!_gate.TryEnter(tokens, sequences.Length))
            return _gate.IsClosed ? SubmitOutcome.Draining : SubmitOutcome.QueueFull;
        if (_commands.Writer.TryWrite(new EngineCommand.Submit(sequences)))
            return SubmitOutcome.Accepted;

        _gate.Leave(tokens, sequences.Length);
        return SubmitOutcome.Draining;
    }

    private void End(long sequenceId, FinishReason reason) => _commands.Writer.TryWrite(new EngineCommand.End(sequenceId, reason));

    private SubmitOutcome Refuse(SubmitOutcome outcome)
    {
        _metrics.AdmissionRejected(outcome);
        return outcome;
    }

    private RequestStream Rejected(long id, InferenceRequest request, string refusal)
    {
        _metrics.NeverFits();
        var rejected = TokenEvent.Finished(new RequestOutcome
        {
            Reason = FinishReason.Rejected,
            Error = refusal,
            PromptTokens = request.PromptTokenIds.Length,
            CompletionTokens = 0,
        });
        var answers = Enumerable.Range(0, request.Beams?.Answers ?? 1).Select(_ =>
        {
            var events = Channel.CreateUnbounded<TokenEvent>();
            events.Writer.TryWrite(rejected);
            events.Writer.Complete();
            return events.Reader;
        });
        return new RequestStream(id, [.. answers], static (_, _) => { });
    }

    private static partial class Log
    {
        [LoggerMessage(
            10,
            LogLevel.Warning,
            "The KV cache holds {Length} tokens ({BlockCount} blocks of {BlockSize}) and bounds requests to that; the model takes {MaxModelLength}.")]
        public static partial void CacheBoundsRequests(ILogger logger, int blockCount, int blockSize, int length, int maxModelLength);
    }
}
