using System.Diagnostics.Metrics;

namespace Inference.Server.Metrics;

/// <summary>What the HTTP side measures.</summary>
internal sealed class HttpMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Inference.Http";

    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private int _inFlight;

    /// <summary>Creates the instruments.</summary>
    public HttpMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _requests = meter.CreateCounter<long>("http_requests", description: "HTTP requests answered, by handler and class of status.");
        _duration = meter.CreateHistogram<double>(
            "http_request_duration_seconds",
            unit: "s",
            description: "Time from a request's headers to the end of its response.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [.001, .005, .01, .05, .1, .5, 1, 2.5, 5, 10, 30, 60] });
    }

    /// <summary>Requests that are being answered.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A request's headers were read.</summary>
    public void RequestStarted() => Interlocked.Increment(ref _inFlight);

    /// <summary>A response is complete, or its client has gone.</summary>
    /// <param name="method">The request's method.</param>
    /// <param name="handler">The route's pattern, never the path as sent: it would make a series for each.</param>
    /// <param name="status">The status code.</param>
    /// <param name="duration">Since the request's headers were read.</param>
    public void RequestFinished(string method, string handler, int status, TimeSpan duration)
    {
        Interlocked.Decrement(ref _inFlight);
        var methodTag = new KeyValuePair<string, object?>("method", KnownMethod(method));
        var handlerTag = new KeyValuePair<string, object?>("handler", handler);
        _requests.Add(1, methodTag, handlerTag, new KeyValuePair<string, object?>("status", StatusClass(status)));
        _duration.Record(duration.TotalSeconds, methodTag, handlerTag);
    }

    private static string KnownMethod(string method) =>
        method is "GET" or "POST" or "HEAD" or "OPTIONS" or "PUT" or "DELETE" or "PATCH" ? method : "other";

    private static string StatusClass(int status) => (status / 100) switch
    {
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        5 => "5xx",
        _ => "1xx",
    };
}
