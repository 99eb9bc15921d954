using System.Runtime.InteropServices;

namespace Inference.Engine.Scheduling;

/// <summary>
/// How much more cache those that run will want, by how long answers have been lately: so that nobody joins who would soon be thrown out, or
/// throw others out, again. The peak of all that grow together and end one after another is what counts (Gong et al., Past-Future
/// Scheduler for LLM Serving under SLA Guarantees, 2025).
/// </summary>
internal sealed class GrowthForecast(double conservativeness)
{
    /// <summary>Before anything is known of the answers, and then with a weight of one answer in <see cref="Memory"/>.</summary>
    private const double FirstGuess = 256;

    /// <summary>Answers that the mean remembers.</summary>
    private const double Memory = 64;

    private readonly List<Growth> _growths = [];
    private double _meanLength = FirstGuess;

    /// <summary>An answer ended by itself, after so many tokens.</summary>
    public void Observe(int generatedLength) => _meanLength += (generatedLength - _meanLength) / Memory;

    /// <summary>Tokens by which the running sequences and one that may join will, at the worst moment, exceed what they hold now.</summary>
    /// <param name="running">Those that run.</param>
    /// <param name="candidate">The one that may join.</param>
    /// <param name="candidateOwnLength">Tokens that it will hold at first and share with nobody.</param>
    /// <param name="spare">Tokens that there is room for; a peak below it may be overestimated.</param>
    public long Peak(List<Sequence> running, Sequence candidate, int candidateOwnLength, long spare)
    {
        _growths.Clear();
        var sum = 0L;
        foreach (var sequence in running)
        {
            var growth = new Growth(Remaining(sequence), sequence.OwnLength);
            sum += growth.Remaining;
            _growths.Add(growth);
        }

        var own = new Growth(Remaining(candidate), candidateOwnLength);
        _growths.Add(own);

        // Most of the time there is room for all of it at once, and no need to know when who ends.
        if (sum + own.Remaining <= spare)
            return sum + own.Remaining;
        return SchedulingPolicy.PeakGrowth(CollectionsMarshal.AsSpan(_growths));
    }

    /// <summary>One that has outlived the mean may end at any time, and is given half of what it has had already.</summary>
    private int Remaining(Sequence sequence)
    {
        var expected = Math.Max(_meanLength - sequence.GeneratedLength, sequence.GeneratedLength / 2.0);
        return (int)(conservativeness * Math.Min(expected, sequence.MaxLength - sequence.TotalLength));
    }
}
