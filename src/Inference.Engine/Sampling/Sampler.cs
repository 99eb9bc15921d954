using System.Collections.Immutable;
using Inference.Engine.Beams;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;

namespace Inference.Engine.Sampling;

/// <summary>
/// Chooses the next token from a row of logits. In order: log-probabilities of the raw logits; the constraint, bias, minimum length, penalties
/// (<see cref="SamplingState.Adjust"/>); arg max, or: temperature, min-p, top-k, top-p, one random number. Each filter counts what the
/// earlier ones left as the whole. No step sorts the vocabulary. Owned by the engine loop: its buffers are reused from row to row.
/// </summary>
internal sealed class Sampler
{
    /// <summary>JSON has no infinities: an impossible token is reported with this log-probability.</summary>
    private const float LowestLogprob = -9999;

    private const string NoUsableLogits = "The model produced no usable logits (all are NaN or masked).";

    private readonly float[] _weights;
    private readonly double[] _blockSums;
    private readonly ulong[] _ranks;
    private float[] _raw = [];
    private SampledToken[] _tokens = [];

    public Sampler(int vocabularySize)
    {
        _weights = new float[vocabularySize];
        _blockSums = new double[(vocabularySize + LogitsRow.SumBlock - 1) / LogitsRow.SumBlock];
        _ranks = new ulong[vocabularySize];
    }

    /// <summary>
    /// Chooses a token for each row of a step's logits, or tells how likely the prompt's next one is. The sequences' states remember the tokens chosen:
    /// with proposed tokens row after row, until one is not the one proposed. The rows after that follow a rejected token, and are left alone. The
    /// answer is valid until the next call.
    /// </summary>
    /// <exception cref="ExecutionException">The result is not of the shape that the plan asks for.</exception>
    public ReadOnlySpan<SampledToken> Sample(ScheduledStep step, StepResult result)
    {
        var rows = step.Plan.LogitsRows;
        if (result.Rows != rows || (rows > 0 && result.VocabularySize != _weights.Length))
            throw new ExecutionException($"The executor returned {result.Rows} rows of logits, not {rows} of {_weights.Length}.");

        if (_tokens.Length < rows)
            _tokens = new SampledToken[Math.Max(rows, 2 * _tokens.Length)];
        var row = 0;
        foreach (var (sequence, _) in step.Entries)
        {
            foreach (var token in sequence.ScoredTokens)
                _tokens[row] = Score(token, sequence.Request.PromptLogprobs!.Value, result.Row(row++));
            if (sequence.SampledRows > 0)
                SampleRows(sequence, result, row);
            row += sequence.SampledRows;
        }

        return _tokens.AsSpan(0, rows);
    }

    private void SampleRows(Sequence sequence, StepResult result, int row)
    {
        var proposed = sequence.ProposedTokens;
        for (var i = 0; i <= proposed.Length; i++)
        {
            var token = _tokens[row + i] = Sample(sequence.Sampling, result, row + i);
            if (token.Error is null && sequence.Beams is null)
                sequence.Sampling.Observe(token.TokenId);
            if (i < proposed.Length && token.TokenId != proposed[i])
                return;
        }
    }

    private SampledToken Sample(SamplingState state, StepResult result, int row) =>
        state.IsPlainArgMax && result.ArgMax(row) is { } token ? new SampledToken(token, null) : Sample(state, result.Row(row));

    /// <summary>Tells how likely a token is that is there already.</summary>
    private SampledToken Score(int token, int top, ReadOnlySpan<float> logits)
    {
        KeepRaw(logits);
        var logprobs = Logprobs(token, top);
        return new SampledToken(token, logprobs with { Rank = _raw.Length - LogitsRow.CountBelow(_raw, _raw[token]) });
    }

    /// <summary>Chooses a token; overwrites the logits.</summary>
    public SampledToken Sample(SamplingState state, Span<float> logits)
    {
        if (state.Request.Beams is not null)
            return RankCandidates(state, logits);

        var parameters = state.Parameters;
        if (parameters.TopLogprobs is not null)
            KeepRaw(logits);

        state.Adjust(logits);
        var max = LogitsRow.CleanAndMax(logits);
        if (max == float.NegativeInfinity)
            return new SampledToken(-1, null, NoUsableLogits);

        var token = parameters.IsGreedy
            ? LogitsRow.IndexOf(logits, max)
            : Draw(state, logits, max);
        return new SampledToken(token, parameters.TopLogprobs is { } top ? Logprobs(token, top) : null);
    }

    /// <summary>For beam search: the likeliest tokens, and how likely they are after bias, minimum length and penalties.</summary>
    private SampledToken RankCandidates(SamplingState state, Span<float> logits)
    {
        state.Adjust(logits);
        var max = LogitsRow.CleanAndMax(logits);
        if (max == float.NegativeInfinity)
            return new SampledToken(-1, null, NoUsableLogits);

        KeepRaw(logits);
        var token = LogitsRow.IndexOf(logits, max);
        return new SampledToken(token, Logprobs(token, Math.Min(logits.Length, BeamSearch.CandidatesOf(state.Request))));
    }

    private int Draw(SamplingState state, Span<float> logits, float max)
    {
        // p >= min_p * p_max, in logits: exact at min_p = 1, which the exponential's rounding is not.
        var parameters = state.Parameters;
        if (parameters.MinP > 0)
            LogitsRow.MaskBelow(logits, (float)(max + parameters.Temperature * Math.Log(parameters.MinP)));

        if (parameters.TopK > 0 && parameters.TopK < logits.Length)
            return DrawFromTop(parameters, logits, max, state.NextUniform());

        var total = LogitsRow.Exponentiate(logits, max, parameters.Temperature, _weights, _blockSums);
        return DrawFromNucleus(state, total);
    }

    /// <summary>With top-k: only those k are ever exponentiated.</summary>
    private int DrawFromTop(SamplingParameters parameters, ReadOnlySpan<float> logits, float max, double uniform)
    {
        var ranks = SelectTop(logits, parameters.TopK);
        var total = 0.0;
        foreach (ref var rank in ranks)
        {
            var weight = MathF.Exp((RankedToken.Score(rank) - max) / parameters.Temperature);
            total += weight;
            rank = RankedToken.Pack(weight, RankedToken.TokenId(rank));
        }

        if (parameters.TopP < 1)
            ranks = ranks[..RankedToken.SelectMass(ranks, total * parameters.TopP)];
        return DrawRanked(ranks, uniform);
    }

    /// <summary>
    /// The highest <paramref name="count"/> logits above -∞, in no particular order, gathered with a threshold that rises as they are
    /// found.
    /// </summary>
    private Span<ulong> SelectTop(ReadOnlySpan<float> logits, int count)
    {
        var threshold = float.NegativeInfinity;
        int found = 0, position = 0;
        var stopAt = (int)Math.Min(int.MaxValue, Math.Max(4L * count, 1024));
        while (true)
        {
            LogitsRow.Gather(logits, threshold, ref position, _ranks, ref found, stopAt);
            if (found > count)
            {
                RankedToken.SelectTop(_ranks.AsSpan(0, found), count);
                found = count;
            }

            if (position == logits.Length)
                return _ranks.AsSpan(0, found);

            var lowest = ulong.MaxValue;
            foreach (var rank in _ranks.AsSpan(0, found))
                lowest = Math.Min(lowest, rank);
            threshold = RankedToken.Score(lowest);
        }
    }

    /// <summary>
    /// Draws from all tokens, and while the one drawn is outside the nucleus (Holtzman et al., The curious case of neural text
    /// degeneration, section 3.1), again from those that rank above it. What is drawn inside is distributed as if drawn from the nucleus
    /// alone, for that is part of every round; each round costs one pass over the weights, and few are needed, for a round keeps a random
    /// part of the mass.
    /// </summary>
    private int DrawFromNucleus(SamplingState state, double total)
    {
        var topP = state.Parameters.TopP;
        var (token, mass) = (-1, total);
        for (var draw = 0; ; draw++)
        {
            token = PickAbove(token, mass * state.NextUniform(draw));
            if (topP >= 1)
                return token;

            // It belongs to the nucleus if those above it alone do not have the mass; with none above it, it does whatever the mass.
            mass = LogitsRow.SumAbove(_weights, token, _blockSums);
            if (mass == 0 || mass < total * topP)
                return token;
        }
    }

    /// <summary>
    /// Of the tokens that rank above <paramref name="limit"/> (-1: all), in order of ids, the one at which their running sum exceeds
    /// <paramref name="target"/>. The block sums are those of the same tokens.
    /// </summary>
    private int PickAbove(int limit, double target)
    {
        var block = 0;
        for (var i = 0; i < _blockSums.Length; i++)
        {
            if (_blockSums[i] == 0)
                continue;
            block = i;
            if (target < _blockSums[i])
                break;
            target -= _blockSums[i];
        }

        var weight = limit < 0 ? 0 : _weights[limit];
        var (start, end) = LogitsRow.Block(block, _weights.Length);
        var chosen = -1;
        for (var i = start; i < end; i++)
        {
            if (_weights[i] < weight || (_weights[i] == weight && i >= limit))
                continue;
            // Should rounding leave some of the target over, the last possible token stands.
            chosen = i;
            if ((target -= _weights[i]) < 0)
                break;
        }

        return chosen;
    }

    private static int DrawRanked(ReadOnlySpan<ulong> ranks, double uniform)
    {
        var total = 0.0;
        foreach (var rank in ranks)
            total += RankedToken.Score(rank);

        var target = total * uniform;
        var chosen = -1;
        foreach (var rank in ranks)
        {
            var weight = RankedToken.Score(rank);
            if (weight == 0)
                continue;
            // Should rounding leave some of the target over, the last possible token stands.
            chosen = RankedToken.TokenId(rank);
            if ((target -= weight) < 0)
                break;
        }

        return chosen;
    }

    private void KeepRaw(ReadOnlySpan<float> logits)
    {
        if (_raw.Length == 0)
            _raw = new float[_weights.Length];
        logits.CopyTo(_raw);
    }

    private TokenLogprobs Logprobs(int token, int topCount)
    {
        var max = LogitsRow.CleanAndMax(_raw);
        var logTotal = Math.Log(LogitsRow.Exponentiate(_raw, max, 1, _weights, _blockSums));

        if (topCount == 0)
            return new TokenLogprobs(Logprob(_raw[token]), []);

        var ranks = SelectTop(_raw, topCount);
        ranks.Sort();
        var top = ImmutableArray.CreateBuilder<(int, float)>(ranks.Length);
        for (var i = ranks.Length - 1; i >= 0; i--)
            top.Add((RankedToken.TokenId(ranks[i]), Logprob(RankedToken.Score(ranks[i]))));
        return new TokenLogprobs(Logprob(_raw[token]), top.MoveToImmutable());

        float Logprob(float logit) => (float)Math.Max(LowestLogprob, (double)logit - max - logTotal);
    }
}
