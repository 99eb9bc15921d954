namespace Inference.LoadTest.Searches;

/// <summary>The highest load at which something holds that fails at higher ones: doubled until it fails, then halved in between.</summary>
internal static class RateSearch
{
    private const int MostDoublings = 20;

    /// <param name="start">The first load to try, above 0.</param>
    /// <param name="precision">The search ends when the two loads that the answer lies between are apart by this share.</param>
    /// <param name="holds">Tries a load.</param>
    /// <returns>The highest load that held; null if none did, down to <paramref name="start"/> over 2^20.</returns>
    public static async Task<double?> HighestAsync(double start, double precision, Func<double, Task<bool>> holds)
    {
        var (good, bad) = (0.0, double.PositiveInfinity);
        var load = start;
        for (var i = 0; i < MostDoublings && (good == 0 || double.IsInfinity(bad)); i++)
        {
            if (await holds(load))
                (good, load) = (load, load * 2);
            else
                (bad, load) = (load, load / 2);
        }

        if (good == 0)
            return null;
        while (bad - good > precision * good && double.IsFinite(bad))
        {
            load = (good + bad) / 2;
            if (await holds(load))
                good = load;
            else
                bad = load;
        }

        return good;
    }
}
