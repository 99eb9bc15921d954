using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Inference.Server.Metrics;

/// <summary>Collects what the instruments of some meters measure, and gives it in Prometheus's text format.</summary>
internal sealed class PrometheusExporter : IDisposable
{
    private readonly ConcurrentQueue<MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly Lock _scrape = new();

    /// <summary>Listens to every meter, present and future, that <paramref name="includes"/> accepts.</summary>
    public PrometheusExporter(Func<Meter, bool> includes)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (includes(instrument.Meter) && Describe(instrument) is { } family)
            {
                _families.Enqueue(family);
                listener.EnableMeasurementEvents(instrument, family);
            }
        };
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, state) => ((MetricFamily)state!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Reads the observable instruments and writes everything.</summary>
    public string Scrape()
    {
        lock (_scrape)
        {
            _listener.RecordObservableInstruments();
            return PrometheusText.Write(_families);
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose() => _listener.Dispose();

    private static MetricFamily? Describe(Instrument instrument) => instrument switch
    {
        Histogram<double> histogram => new(instrument, MetricKind.Histogram, BucketsOf(histogram)),
        Histogram<long> histogram => new(instrument, MetricKind.Histogram, BucketsOf(histogram)),
        Histogram<int> histogram => new(instrument, MetricKind.Histogram, BucketsOf(histogram)),
        Counter<double> or Counter<long> or Counter<int> => new(instrument, MetricKind.Counter, []),
        ObservableCounter<double> or ObservableCounter<long> or ObservableCounter<int> => new(instrument, MetricKind.Counter, []),
        _ when instrument.GetType() is { IsGenericType: true } type && IsMeasured(type.GetGenericArguments()[0]) =>
            new(instrument, MetricKind.Gauge, []),
        _ => null,
    };

    private static bool IsMeasured(Type type) => type == typeof(double) || type == typeof(long) || type == typeof(int);

    private static double[] BucketsOf<T>(Histogram<T> histogram)
        where T : struct =>
        [.. (histogram.Advice?.HistogramBucketBoundaries ?? []).Select(bound => Convert.ToDouble(bound, null))];
}
