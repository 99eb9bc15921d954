using Inference.Engine.Requests;

namespace Inference.Engine.Tests.Beams;

/// <summary>
/// Beam search written down as Hugging Face's generate describes it, over whole vocabularies and lists of tokens: slow, and independent of
/// the code under test.
/// </summary>
internal static class BeamReference
{
    /// <summary>The natural log-probabilities of all tokens after the generated ones.</summary>
    public delegate IReadOnlyList<double> Model(IReadOnlyList<int> generated);

    /// <summary>A finished text.</summary>
    public sealed record Text(IReadOnlyList<int> Tokens, double Sum, double Score);

    public static IReadOnlyList<Text> Search(Model model, BeamSearchParameters beams, int[] stops, int maxLength)
    {
        List<(List<int> Tokens, double Sum)> open = [([], 0)];
        var pool = new List<Text>();
        for (var length = 1; open.Count > 0; length++)
        {
            var candidates = open
                .SelectMany((beam, index) => model(beam.Tokens).Select((logprob, token) => (beam.Tokens, index, token, Sum: beam.Sum + logprob)))
                .Where(candidate => !double.IsNegativeInfinity(candidate.Sum))
                .OrderByDescending(candidate => candidate.Sum).ThenBy(candidate => candidate.token).ThenBy(candidate => candidate.index)
                .Take(Math.Max(2, 1 + stops.Length) * beams.Width)
                .ToList();
            open = [];
            for (var rank = 0; rank < candidates.Count && open.Count < beams.Width; rank++)
            {
                var (tokens, _, token, sum) = candidates[rank];
                if (!stops.Contains(token))
                    open.Add(([.. tokens, token], sum));
                else if (rank < beams.Width)
                    Keep([.. tokens, token], sum);
            }

            if (length == maxLength)
            {
                open.ForEach(beam => Keep(beam.Tokens, beam.Sum));
                break;
            }

            if (pool.Count == beams.Width && open.Count > 0 && IsOver(open[0].Sum, length))
                break;
        }

        return [.. pool.Take(beams.Answers)];

        double Score(double sum, int length) => sum / Math.Pow(length, beams.LengthPenalty);

        void Keep(List<int> tokens, double sum)
        {
            pool.Add(new Text(tokens, sum, Score(sum, tokens.Count)));
            pool = [.. pool.OrderByDescending(text => text.Score).Take(beams.Width)];
        }

        bool IsOver(double best, int length) => beams.EarlyStopping switch
        {
            EarlyStopping.WhenFull => true,
            EarlyStopping.WhenWorse => pool[^1].Score >= Score(best, length),
            _ => pool[^1].Score >= Score(best, beams.LengthPenalty > 0 ? maxLength : length),
        };
    }

    /// <summary>The best of all texts there are.</summary>
    public static Text Best(Model model, int[] stops, int maxLength, double lengthPenalty)
    {
        var best = new Text([], 0, double.NegativeInfinity);
        Visit([], 0);
        return best;

        void Visit(List<int> tokens, double sum)
        {
            if (tokens.Count > 0 && (tokens.Count == maxLength || stops.Contains(tokens[^1])))
            {
                var score = sum / Math.Pow(tokens.Count, lengthPenalty);
                if (score > best.Score)
                    best = new Text([.. tokens], sum, score);
                return;
            }

            var logprobs = model(tokens);
            for (var token = 0; token < logprobs.Count; token++)
                Visit([.. tokens, token], sum + logprobs[token]);
        }
    }

    /// <summary>A model whose distributions a seed determines, some flat and some steep. The log-probabilities are floats, as the sampler gives them.</summary>
    public static Model Random(int seed, int vocabulary) => generated =>
    {
        var random = new Random(generated.Aggregate(seed, (hash, token) => unchecked((hash * 31) + token + 1)));
        var steepness = 6 * random.NextDouble();
        var weights = Enumerable.Range(0, vocabulary).Select(_ => Math.Exp(steepness * random.NextDouble())).ToArray();
        return [.. weights.Select(weight => (double)(float)Math.Log(weight / weights.Sum()))];
    };
}
