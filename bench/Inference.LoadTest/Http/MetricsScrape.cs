using System.Globalization;

namespace Inference.LoadTest.Http;

/// <summary>Reads a server's Prometheus metrics once a second: how counters grow, and the most that gauges are.</summary>
internal sealed class MetricsScrape : IAsyncDisposable
{
    private static readonly char[] NameEnds = [' ', '{'];

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, (double First, double Last, double Most)> _series = [];
    private readonly Uri _address;
    private readonly Task _reading;

    public MetricsScrape(Uri address, TimeProvider time)
    {
        _address = address;
        _reading = ReadAsync(time);
    }

    /// <summary>Reads a last time.</summary>
    public async Task<IReadOnlyDictionary<string, double>> EndAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        await ScrapeAsync(CancellationToken.None);
        return _series.ToDictionary(
            series => series.Key, series => series.Key.EndsWith("_total", StringComparison.Ordinal) ? series.Value.Last - series.Value.First : series.Value.Most);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _stop.Dispose();
        _http.Dispose();
    }

    /// <summary>The samples of a page, those of one name added up; histograms are left out.</summary>
    internal static Dictionary<string, double> Parse(string page)
    {
        var kinds = new Dictionary<string, string>();
        var values = new Dictionary<string, double>();
        foreach (var line in page.Split('\n'))
        {
            if (line.Split(' ') is ["#", "TYPE", var family, var kind])
                kinds[family] = kind.Trim();
            if (line.StartsWith('#') || line.LastIndexOf(' ') is not (> 0 and var space))
                continue;
            var name = line.Split(NameEnds, 2)[0];
            if (kinds.GetValueOrDefault(name) is "counter" or "gauge"
                && double.TryParse(line.AsSpan(space + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                values[name] = values.GetValueOrDefault(name) + value;
        }

        return values;
    }

    private async Task ReadAsync(TimeProvider time)
    {
        try
        {
            while (true)
            {
                await ScrapeAsync(_stop.Token);
                await Task.Delay(TimeSpan.FromSeconds(1), time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // It ends.
        }
    }

    private async Task ScrapeAsync(CancellationToken cancellation)
    {
        try
        {
            foreach (var (name, value) in Parse(await _http.GetStringAsync(_address, cancellation)))
            {
                _series[name] = _series.TryGetValue(name, out var before)
                    ? (before.First, value, Math.Max(before.Most, value))
                    : (value, value, value);
            }
        }
        catch (HttpRequestException)
        {
            // A server without metrics, or one that is gone: there is nothing to tell.
        }
    }
}
