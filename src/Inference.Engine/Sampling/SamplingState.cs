using System.Runtime.InteropServices;
using Inference.Engine.Requests;

namespace Inference.Engine.Sampling;

/// <summary>
/// What sampling remembers of one sequence from token to token: the place in its random stream and, with penalties, which tokens there
/// were. A preemption leaves it as it is.
/// </summary>
internal sealed class SamplingState
{
    private ITokenConstraint? _constraint;
    private uint[] _mask = [];

    /// <summary>Times a token is in the output; tokens of the prompt alone have 0. Null without penalties.</summary>
    private readonly Dictionary<int, int>? _counts;

    /// <param name="request">Whose tokens are sampled.</param>
    /// <param name="seed">Used when the request names none.</param>
    public SamplingState(InferenceRequest request, ulong seed)
    {
        Request = request;
        Seed = request.Sampling.Seed ?? seed;
        _constraint = request.Sampling.Constraint?.Fork();
        var parameters = request.Sampling;
        if (parameters is { RepetitionPenalty: 1, PresencePenalty: 0, FrequencyPenalty: 0 })
            return;

        _counts = [];
        if (parameters.RepetitionPenalty != 1)
        {
            foreach (var token in request.PromptTokenIds.Span)
                _counts.TryAdd(token, 0);
        }
    }

    public InferenceRequest Request { get; }

    public SamplingParameters Parameters => Request.Sampling;

    public ulong Seed { get; }

    /// <summary>Whether the next token is the arg max of the model's own logits, and nothing else of them is wanted.</summary>
    public bool IsPlainArgMax =>
        Parameters is { IsGreedy: true, LogitBias: null, TopLogprobs: null, Constraint: null } && Request.Beams is null && _counts is null && GeneratedCount >= Request.MinTokens;

    /// <summary>Whether nothing can be added to what was generated.</summary>
    public bool IsFinished => _constraint is { IsFinished: true };

    /// <summary>Tokens generated so far: the index of the next random numbers.</summary>
    public int GeneratedCount { get; private set; }

    /// <summary>The random numbers for the next token: as many as it takes, counted from 0.</summary>
    public double NextUniform(int draw = 0) => CounterRandom.Uniform(Seed, GeneratedCount, draw);

    /// <summary>Remembers a generated token.</summary>
    public void Observe(int tokenId)
    {
        GeneratedCount++;
        _constraint?.Accept(tokenId);
        if (_counts is not null)
            CollectionsMarshal.GetValueRefOrAddDefault(_counts, tokenId, out _)++;
    }

    /// <summary>Takes over what the state of another sequence of the same request remembers.</summary>
    public void CopyFrom(SamplingState other)
    {
        GeneratedCount = other.GeneratedCount;
        _constraint = other._constraint?.Fork();
        if (_counts is null)
            return;
        _counts.Clear();
        foreach (var (token, count) in other._counts!)
            _counts.Add(token, count);
    }

    /// <summary>The token that comes next whatever the logits: none when somebody wants to know how likely it was.</summary>
    public int? Forced => _constraint is not null && Parameters.TopLogprobs is null && _constraint.TryGetForced(out var token) ? token : null;

    /// <summary>
    /// Changes the logits as the request asks, in this order: tokens masked that the constraint does not allow, bias, stop tokens masked before the minimum length, penalties
    /// (repetition, then frequency and presence). Touches only the tokens concerned.
    /// </summary>
    public void Adjust(Span<float> logits)
    {
        if (_constraint is not null)
            Constrain(logits, _constraint);

        if (Parameters.LogitBias is { } bias)
        {
            foreach (var (token, value) in bias)
                logits[token] += value;
        }

        if (GeneratedCount < Request.MinTokens)
        {
            foreach (var token in Request.StopTokenIds)
            {
                // A checkpoint may name a stop token beyond its vocabulary: it can never be chosen anyway.
                if ((uint)token < (uint)logits.Length)
                    logits[token] = float.NegativeInfinity;
            }
        }

        if (_counts is not null)
            Penalise(logits, _counts);
    }

    private void Constrain(Span<float> logits, ITokenConstraint constraint)
    {
        if (_mask.Length == 0)
            _mask = new uint[(logits.Length + LogitsRow.MaskWidth - 1) / LogitsRow.MaskWidth];
        constraint.FillMask(_mask);
        LogitsRow.MaskTokens(logits, _mask);
    }

    private void Penalise(Span<float> logits, Dictionary<int, int> counts)
    {
        var repetition = Parameters.RepetitionPenalty;
        foreach (var (token, count) in counts)
        {
            var logit = logits[token];
            logit = logit > 0 ? logit / repetition : logit * repetition;
            if (count > 0)
                logit -= Parameters.FrequencyPenalty * count + Parameters.PresencePenalty;
            logits[token] = logit;
        }
    }
}
