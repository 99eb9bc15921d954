namespace Inference.LoadTest.Searches;

/// <summary>The highest load at which something holds that fails at higher ones: doubled until it fails, then halved in between.</summary>
internal static class RateSearch
{
    private const int MostDoublings = 20;

    /// <param name="start">The first load to try, above 0.</param>
    /// <param name="precision">The search ends when the two loads that the answer lies between are apart by this share.</param>
    /// <param name="tries">Tries a load.</param>
    /// <returns>The highest load that held; null if none did, down to a hopeless one or <paramref name="start"/> over 2^20.</returns>
    public static async Task<double?> HighestAsync(double start, double precision, Func<double, Task<Verdict>> tries)
    {
        var (good, bad) = (0.0, double.PositiveInfinity);
        var load = start;
        for (var i = 0; i < MostDoublings && (good == 0 || double.IsInfinity(bad)); i++)
        {
            switch (await tries(load))
            {
                case Verdict.Holds:
                    (good, load) = (load, load * 2);
                    break;
                case Verdict.Hopeless:
                    return good == 0 ? null : good;
                default:
                    (bad, load) = (load, load / 2);
                    break;
            }
        }

        if (good == 0)
            return null;
        while (bad - good > precision * good && double.IsFinite(bad))
        {
            load = (good + bad) / 2;
            if (await tries(load) == Verdict.Holds)
                good = load;
            else
                bad = load;
        }

        return good;
    }
}
