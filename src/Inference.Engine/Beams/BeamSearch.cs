using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Inference.Engine.Requests;

namespace Inference.Engine.Beams;

/// <summary>
/// Beam search as in Hugging Face's generate (and vLLM): in each round every open beam is continued by every token; of these candidates, in
/// the order of their sums of log-probabilities, those that end with a stop token go to the pool of finished texts if they are among the
/// first <see cref="BeamSearchParameters.Width"/>, and the first <c>Width</c> others are the beams of the next round. Knows nothing of how the log-probabilities come
/// about. Exact and deterministic: equals rank by lower token id.
/// </summary>
/// <param name="request">With <see cref="InferenceRequest.Beams"/>.</param>
/// <param name="maxLength">The most tokens of a text, at least 1.</param>
internal sealed class BeamSearch(InferenceRequest request, int maxLength)
{
    private readonly BeamSearchParameters _parameters = request.Beams!;
    private readonly List<BeamCandidate> _candidates = [];
    private readonly List<FinishedBeam> _finished = [];
    private List<OpenBeam> _open = [new OpenBeam(null, 0)];
    private List<OpenBeam> _next = [];

    /// <summary>The beams to go on from, the best first: at the beginning one without tokens, at the end none.</summary>
    public IReadOnlyList<OpenBeam> Open => _open;

    /// <summary>Tokens of each open beam.</summary>
    public int Length { get; private set; }

    /// <summary>The best of the finished texts, the best first: as many as the request wants, unless there are fewer.</summary>
    public ImmutableArray<BeamHypothesis> Hypotheses() =>
        [.. _finished.Take(_parameters.Answers).Select(beam => new BeamHypothesis(beam.Path.Tokens(), beam.Score, beam.Reason))];

    /// <summary>How many of a row's likeliest tokens can matter: enough to go on with when every stop token is among them.</summary>
    public static int CandidatesOf(InferenceRequest request) =>
        Math.Max(request.Beams!.Width + request.StopTokenIds.Count, request.Sampling.TopLogprobs ?? 0);

    /// <summary>One round.</summary>
    /// <param name="rows">For each open beam the likeliest next tokens, at least <see cref="CandidatesOf"/> if there are so many.</param>
    /// <returns>Whether the search goes on.</returns>
    public bool Advance(IReadOnlyList<TokenLogprobs> rows)
    {
        Length++;
        Rank(rows);
        _next.Clear();
        for (var rank = 0; rank < _candidates.Count && _next.Count < _parameters.Width; rank++)
        {
            var candidate = _candidates[rank];
            if (!request.StopTokenIds.Contains(candidate.TokenId))
                _next.Add(new OpenBeam(Continue(candidate, rows), candidate.Beam));
            else if (rank < _parameters.Width)
                Finish(Continue(candidate, rows), FinishReason.Stop);
        }

        (_open, _next) = (_next, _open);
        if (Length == maxLength)
            _open.ForEach(beam => Finish(beam.Path!, FinishReason.Length));
        if (Length == maxLength || IsDone())
            _open.Clear();
        return _open.Count > 0;
    }

    private void Rank(IReadOnlyList<TokenLogprobs> rows)
    {
        _candidates.Clear();
        for (var beam = 0; beam < _open.Count; beam++)
        {
            var sum = _open[beam].Path?.Sum ?? 0;
            foreach (var (token, logprob) in rows[beam].Top)
                _candidates.Add(new BeamCandidate(sum + logprob, token, logprob, beam));
        }

        CollectionsMarshal.AsSpan(_candidates).Sort();
    }

    private BeamPath Continue(in BeamCandidate candidate, IReadOnlyList<TokenLogprobs> rows)
    {
        TokenLogprobs? logprobs = null;
        if (request.Sampling.TopLogprobs is { } count)
        {
            var top = rows[candidate.Beam].Top;
            logprobs = new TokenLogprobs(candidate.Logprob, top[..Math.Min(count, top.Length)]);
        }

        return new BeamPath(_open[candidate.Beam].Path, candidate.TokenId, logprobs, candidate.Sum, Length);
    }

    private void Finish(BeamPath path, FinishReason reason)
    {
        var score = Score(path.Sum, path.Length);
        var place = _finished.FindIndex(beam => beam.Score < score);
        _finished.Insert(place < 0 ? _finished.Count : place, new FinishedBeam(path, score, reason));
        if (_finished.Count > _parameters.Width)
            _finished.RemoveAt(_parameters.Width);
    }

    private bool IsDone()
    {
        if (_open.Count == 0)
            return true;
        if (_finished.Count < _parameters.Width)
            return false;
        if (_parameters.EarlyStopping == EarlyStopping.WhenFull)
            return true;

        // With a positive penalty the longest text has the best of scores that a sum can give.
        var length = _parameters is { EarlyStopping: EarlyStopping.Never, LengthPenalty: > 0 } ? maxLength : Length;
        return _finished[^1].Score >= Score(_open[0].Path!.Sum, length);
    }

    private double Score(double sum, int length) => sum / Math.Pow(length, _parameters.LengthPenalty);
}
