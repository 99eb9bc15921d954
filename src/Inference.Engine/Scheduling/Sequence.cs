using System.Collections.Frozen;
using System.Threading.Channels;
using Inference.Engine.Beams;
using Inference.Engine.Caching;
using Inference.Engine.Requests;
using Inference.Engine.Sampling;
using Inference.Engine.Speculation;

namespace Inference.Engine.Scheduling;

/// <summary>
/// The engine's side of one accepted request. Four counters say where it stands: prompt, total, computed, scheduled.
/// Created by the submitting thread; from then on the engine loop alone touches it.
/// </summary>
internal sealed class Sequence
{
    private static readonly UnboundedChannelOptions ChannelOptions = new()
    {
        SingleReader = true,
        SingleWriter = true,
        // A reader must not run on the engine's thread.
        AllowSynchronousContinuations = false,
    };

    private static readonly ClientAccount NoClient = new(0);

    /// <summary>One for each text that is answered: several with beam search, and none for those that are not the request's own sequence.</summary>
    private readonly Channel<TokenEvent>[] _answers;
    private readonly List<TokenLogprobs> _promptLogprobs;

    // What each token asks of the request is kept here: the request itself is memory that a step need not touch.
    private readonly FrozenSet<int> _stopTokenIds;
    private readonly double _clientWeight;
    private readonly int _scoredLength;
    private int _joinedLength;
    private int[] _tokens;
    private SequenceTimings _timings;

    /// <param name="id">Unique in this engine.</param>
    /// <param name="request">Already found admissible.</param>
    /// <param name="maxModelLength">The most tokens, prompt and output, that the engine can hold of one sequence.</param>
    /// <param name="seed">Used when the request names none.</param>
    /// <param name="arrival">Timestamp of the engine's time provider.</param>
    public Sequence(long id, InferenceRequest request, int maxModelLength, ulong seed, long arrival)
    {
        Id = id;
        Request = request;
        PromptLength = TotalLength = request.PromptTokenIds.Length;
        MaxLength = (int)Math.Min((long)PromptLength + request.MaxTokens, maxModelLength);
        _stopTokenIds = request.StopTokenIds;
        _clientWeight = request.ClientWeight;
        _scoredLength = request.PromptLogprobs is null ? 0 : PromptLength - 1;
        Prefix = new PrefixChain(PrefixScope.Of(request));
        Sampling = new SamplingState(request, seed);
        _promptLogprobs = [];
        _answers = new Channel<TokenEvent>[request.Beams?.Answers ?? 1];
        for (var i = 0; i < _answers.Length; i++)
            _answers[i] = Channel.CreateUnbounded<TokenEvent>(ChannelOptions);
        _timings = new SequenceTimings { Arrival = arrival };
        _tokens = new int[Math.Min(MaxLength, PromptLength + 64)];
        request.PromptTokenIds.CopyTo(_tokens);
        Beams = request.Beams is null ? null : new BeamGroup(this);
    }

    /// <summary>Another beam of a request, which begins as a fork.</summary>
    /// <param name="principal">The request's sequence.</param>
    /// <param name="id">Unique in this engine.</param>
    public Sequence(Sequence principal, long id)
    {
        Id = id;
        Request = principal.Request;
        PromptLength = principal.PromptLength;
        MaxLength = principal.MaxLength;
        _stopTokenIds = principal._stopTokenIds;
        _clientWeight = principal._clientWeight;
        _scoredLength = principal._scoredLength;
        Prefix = new PrefixChain(PrefixScope.Of(Request));
        Sampling = new SamplingState(Request, principal.Sampling.Seed);
        Standing = new Standing(principal.Standing.Rank, id);
        Client = principal.Client;
        Beams = principal.Beams;
        _answers = [];
        _promptLogprobs = principal._promptLogprobs;
        _tokens = [];
    }

    public long Id { get; }

    public InferenceRequest Request { get; }

    public SequenceStatus Status { get; private set; }

    /// <summary>Tokens of the prompt.</summary>
    public int PromptLength { get; }

    /// <summary>Tokens of the prompt and generated so far.</summary>
    public int TotalLength { get; private set; }

    /// <summary>Tokens whose keys and values are in the cache.</summary>
    public int ComputedLength { get; private set; }

    /// <summary>Tokens in the step that is being built or executed; 0 between steps.</summary>
    public int ScheduledLength { get; private set; }

    /// <summary>At this total it ends with <see cref="FinishReason.Length"/>.</summary>
    public int MaxLength { get; }

    public int GeneratedLength => TotalLength - PromptLength;

    /// <summary>Tokens yet to be computed before one can be sampled.</summary>
    public int RemainingLength => TotalLength - ComputedLength;

    /// <summary>Tokens proposed to follow its last one, in the step that is being built or executed; they are scheduled with it.</summary>
    public int ProposedLength { get; private set; }

    /// <summary>Whether the step computes its last token, whose logits give the next one.</summary>
    public bool IsSampledThisStep => ScheduledLength == RemainingLength + ProposedLength;

    /// <summary>Whether logits of its prompt are still to be computed, to tell how likely its tokens are. It has generated nothing then.</summary>
    public bool IsScoring => _scoredLength > 0 && _promptLogprobs.Count < _scoredLength;

    /// <summary>Tokens of the prompt whose logits the step computes to tell how likely the next one is.</summary>
    public int ScoredThisStep => IsScoring
        ? Math.Max(0, ComputedLength + ScheduledLength - Math.Max(ComputedLength, _promptLogprobs.Count)) - (IsSampledThisStep ? 1 : 0)
        : 0;

    /// <summary>Rows from which tokens are sampled: one, and one after each proposed token.</summary>
    public int SampledRows => IsSampledThisStep ? 1 + ProposedLength : 0;

    /// <summary>Rows of logits that the step computes for it, of its last tokens.</summary>
    public int LogitsCount => ScoredThisStep + SampledRows;

    /// <summary>Whether more of those rows is wanted than the arg max.</summary>
    public bool NeedsLogits => ScoredThisStep > 0 || (IsSampledThisStep && !Sampling.IsPlainArgMax);

    /// <summary>The tokens whose log-probabilities the step's first <see cref="ScoredThisStep"/> rows tell.</summary>
    public ReadOnlySpan<int> ScoredTokens => _tokens.AsSpan(ComputedLength + ScheduledLength - LogitsCount + 1, ScoredThisStep);

    /// <summary>Of the prompt's tokens after the first, as far as they are known.</summary>
    public IReadOnlyList<TokenLogprobs> PromptLogprobs => _promptLogprobs;

    /// <summary>The tokens that may be taken from the cache, and one more: all, or those whose logits are not wanted any more.</summary>
    public ReadOnlySpan<int> MatchableTokens => IsScoring ? Tokens[..(_promptLogprobs.Count + 1)] : Tokens;

    public int PreemptionCount { get; private set; }

    /// <summary>Its place in the order of all; given by the scheduler.</summary>
    public Standing Standing { get; set; }

    /// <summary>The choices of the same prompt, itself included; null: it is alone. Given by the scheduler.</summary>
    public SiblingGroup? Siblings { get; set; }

    /// <summary>Whether it waits for a sibling, in no queue.</summary>
    public bool IsHeld { get; set; }

    /// <summary>The beams that it is one of; null: its tokens are sampled.</summary>
    public BeamGroup? Beams { get; }

    /// <summary>The request's sequence: of beams the one that all others began from, otherwise itself.</summary>
    public Sequence Principal => Beams?.Principal ?? this;

    /// <summary>Steps that gave a token: of beams, each gives one to all.</summary>
    public int SampledSteps => Beams?.Length ?? GeneratedLength;

    /// <summary>Tokens of the answer so far.</summary>
    public int CompletionLength => Beams?.Hypotheses.Sum(static hypothesis => hypothesis.Tokens.Length) ?? GeneratedLength;

    /// <summary>The timestamp until which it must have joined; null: any time. Given by the scheduler.</summary>
    public long? Deadline { get; set; }

    /// <summary>Whom its tokens are charged to; given by the scheduler.</summary>
    public ClientAccount Client { get; set; } = NoClient;

    /// <summary>Tokens in the cache that it has computed itself since it joined: those that are nobody else's, as far as that is known.</summary>
    public int OwnLength => ComputedLength - _joinedLength;

    public BlockTable Blocks { get; } = new();

    /// <summary>Where the prefix cache looks for its blocks.</summary>
    public PrefixChain Prefix { get; }

    /// <summary>How many of its first blocks the prefix cache knows.</summary>
    public int KnownBlocks { get; set; }

    /// <summary>Tokens of the prompt that were in the cache when it was first scheduled; null before.</summary>
    public int? CachedTokens { get; private set; }

    public SamplingState Sampling { get; }

    /// <summary>What proposals for it are made from; null: none were tried.</summary>
    public SpeculationState? Speculation { get; set; }

    public ref SequenceTimings Timings => ref _timings;

    /// <summary>The events of the answer, or of the best one.</summary>
    public ChannelReader<TokenEvent> Events => _answers[0].Reader;

    /// <summary>The events of each answer, the best first.</summary>
    public IEnumerable<ChannelReader<TokenEvent>> Answers => _answers.Select(static answer => answer.Reader);

    /// <summary>All tokens, of the prompt and generated.</summary>
    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, TotalLength);

    /// <summary>The tokens whose keys and values are in the cache.</summary>
    public ReadOnlySpan<int> ComputedTokens => _tokens.AsSpan(0, ComputedLength);

    /// <summary>The tokens proposed to follow: behind its own, where those that are sampled take their places.</summary>
    public ReadOnlySpan<int> ProposedTokens => _tokens.AsSpan(TotalLength, ProposedLength);

    /// <summary>The tokens that the step computes.</summary>
    public ReadOnlySpan<int> ScheduledTokens => _tokens.AsSpan(ComputedLength, ScheduledLength);

    /// <summary>It joins, with a beginning that is in its blocks already.</summary>
    /// <param name="length">Tokens of it.</param>
    /// <param name="knownBlocks">How many of the blocks the prefix cache knows.</param>
    public void Admit(int length, int knownBlocks)
    {
        Status = SequenceStatus.Running;
        ComputedLength = _joinedLength = length;
        KnownBlocks = knownBlocks;
        CachedTokens ??= length;
    }

    public void Schedule(int tokenCount) => ScheduledLength = tokenCount;

    /// <summary>Lets the step, which is to compute its last token, compute those that may follow as well.</summary>
    public void Propose(ReadOnlySpan<int> tokens)
    {
        EnsureRoom(TotalLength + tokens.Length);
        tokens.CopyTo(_tokens.AsSpan(TotalLength));
        ProposedLength = tokens.Length;
        ScheduledLength += tokens.Length;
    }

    /// <summary>
    /// The step's tokens are in the cache now and charged to the client, all but the proposed ones that were not accepted: what is there of
    /// those will be overwritten.
    /// </summary>
    public void CommitScheduled(int acceptedLength)
    {
        var length = ScheduledLength - ProposedLength + acceptedLength;
        Client.Served += length / _clientWeight;
        ComputedLength += length;
        ScheduledLength = ProposedLength = 0;
    }

    /// <summary>
    /// Its blocks were taken: everything is to be computed again. What it generated stays, and so does its sampling state.
    /// </summary>
    public void Preempt()
    {
        if (ScheduledLength > 0)
            throw new InvalidOperationException($"Sequence {Id} was preempted in a step that holds it.");

        Status = SequenceStatus.Preempted;
        ComputedLength = KnownBlocks = _joinedLength = 0;
        PreemptionCount++;
    }

    /// <summary>The blocks of a beam were taken while others of its group hold theirs, from which it will fork.</summary>
    public void Suspend()
    {
        if (ScheduledLength > 0)
            throw new InvalidOperationException($"Beam {Id} was suspended in a step that holds it.");
        ComputedLength = KnownBlocks = _joinedLength = 0;
    }

    /// <summary>A beam becomes a fork of another, whose blocks it shares already.</summary>
    public void CopyFrom(Sequence other)
    {
        EnsureRoom(other.TotalLength + 1);
        other.Tokens.CopyTo(_tokens);
        Status = SequenceStatus.Running;
        TotalLength = other.TotalLength;
        ComputedLength = _joinedLength = other.ComputedLength;
        KnownBlocks = other.KnownBlocks;
        Prefix.CopyFrom(other.Prefix);
        Sampling.CopyFrom(other.Sampling);
    }

    /// <summary>Adds the log-probabilities of the prompt's next token.</summary>
    public void AppendScore(TokenLogprobs logprobs) => _promptLogprobs.Add(logprobs);

    /// <summary>The token that comes next whatever the model says; null: there is no such one.</summary>
    public int? ForcedToken => IsInStep ? Sampling.Forced : null;

    /// <summary>Whether all tokens that were sampled are its own already. Proposed ones that were accepted are sampled together and appended one by one.</summary>
    private bool IsInStep => Sampling.GeneratedCount == GeneratedLength;

    /// <summary>Adds a generated token and sends it to the request's reader.</summary>
    public void Append(in SampledToken token)
    {
        Add(token.TokenId);
        _answers[0].Writer.TryWrite(TokenEvent.Token(token.TokenId, token.Logprobs));
    }

    /// <summary>Adds a token, of which nobody is told.</summary>
    public void Add(int tokenId)
    {
        EnsureRoom(TotalLength + 1);
        _tokens[TotalLength++] = tokenId;
    }

    /// <summary>Why it ends with the token that was just appended; null: it goes on.</summary>
    public FinishReason? ReasonToStop()
    {
        if ((IsInStep && Sampling.IsFinished) || _stopTokenIds.Contains(_tokens[TotalLength - 1]))
            return FinishReason.Stop;
        return TotalLength >= MaxLength ? FinishReason.Length : null;
    }

    /// <summary>Sends the one terminal event of each answer; with beam search the answers themselves come with it.</summary>
    public void Finish(FinishReason reason, string? error = null)
    {
        if (Status.IsFinished())
            throw new InvalidOperationException($"Sequence {Id} was finished twice.");

        Status = SequenceStatus.Finished;
        ScheduledLength = ProposedLength = 0;
        for (var i = 0; i < _answers.Length; i++)
        {
            var outcome = Beams is { Hypotheses: { Count: > 0 } hypotheses } ? Tell(hypotheses, i) : OutcomeOf(reason, error);
            _answers[i].Writer.TryWrite(TokenEvent.Finished(outcome));
            _answers[i].Writer.Complete();
        }

        Request.Adapter?.Release();
    }

    private RequestOutcome Tell(IReadOnlyList<BeamHypothesis> hypotheses, int answer)
    {
        if (answer >= hypotheses.Count)
            return OutcomeOf(FinishReason.Error, $"Beam search found {hypotheses.Count} texts only: there are no more tokens to choose from.");

        var hypothesis = hypotheses[answer];
        foreach (var token in hypothesis.Tokens)
            _answers[answer].Writer.TryWrite(token);
        return new RequestOutcome
        {
            Reason = hypothesis.Reason,
            StopTokenId = hypothesis.StopTokenId,
            Score = hypothesis.Score,
            PromptTokens = PromptLength,
            CompletionTokens = hypothesis.Tokens.Length,
        };
    }

    private RequestOutcome OutcomeOf(FinishReason reason, string? error) => new()
    {
        Reason = reason,
        StopTokenId = reason == FinishReason.Stop && Request.StopTokenIds.Contains(_tokens[TotalLength - 1]) ? _tokens[TotalLength - 1] : null,
        Error = error,
        PromptTokens = PromptLength,
        CompletionTokens = CompletionLength,
    };

    private void EnsureRoom(int length)
    {
        if (length > _tokens.Length)
            Array.Resize(ref _tokens, (int)Math.Min(MaxLength, Math.Max(length, 2L * _tokens.Length)));
    }
}
