using System.Diagnostics.Metrics;

namespace Inference.Server.Metrics;

/// <summary>One instrument as Prometheus sees it: a name, a kind, and a series for each set of tags.</summary>
internal sealed class MetricFamily
{
    // Tags come from our own code, but a bound keeps a mistake there from eating the memory. Further series share the last one.
    private const int MaxSeries = 1000;

    private static readonly double[] DefaultBuckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly Lock _lock = new();
    private readonly string _constantLabels;
    private readonly bool _observesTotals;
    private MetricSeries[] _series = [];

    /// <summary>For an instrument that measures in double, long or int.</summary>
    public MetricFamily(Instrument instrument, MetricKind kind, ReadOnlySpan<double> adviceBuckets)
    {
        Kind = kind;
        Name = PrometheusText.MetricName(instrument.Name, kind);
        Help = instrument.Description ?? instrument.Name;
        _observesTotals = instrument.IsObservable || kind == MetricKind.Gauge && !IsUpDownCounter(instrument);
        _constantLabels = PrometheusText.Labels([.. instrument.Meter.Tags ?? [], .. instrument.Tags ?? []]);
        Buckets = kind != MetricKind.Histogram ? [] : adviceBuckets.IsEmpty ? DefaultBuckets : adviceBuckets.ToArray();
    }

    /// <summary>The name in the text format, without _bucket, _sum and _count.</summary>
    public string Name { get; }

    /// <summary>What it measures.</summary>
    public string Help { get; }

    /// <summary>Its type.</summary>
    public MetricKind Kind { get; }

    /// <summary>Ascending upper bounds, without +Inf; empty unless it is a histogram.</summary>
    public double[] Buckets { get; }

    /// <summary>Every series seen so far.</summary>
    public ReadOnlySpan<MetricSeries> Series => Volatile.Read(ref _series);

    /// <summary>Takes a measurement. Called from whatever thread measures; allocates only for tags it has not seen.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Find(tags) ?? Create(tags);
        if (Kind == MetricKind.Histogram)
        {
            series.Observe(value);
        }
        else if (_observesTotals)
        {
            series.Set(value);
        }
        else
        {
            series.Add(value);
        }
    }

    private MetricSeries? Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        foreach (var series in Series)
        {
            if (series.Matches(tags))
            {
                return series;
            }
        }

        return null;
    }

    private MetricSeries Create(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_lock)
        {
            if (Find(tags) is { } raced)
            {
                return raced;
            }

            if (_series.Length == MaxSeries)
            {
                return _series[^1];
            }

            var own = PrometheusText.Labels(tags);
            var labels = string.Join(',', new[] { _constantLabels, own }.Where(part => part.Length > 0));
            var created = new MetricSeries(tags, labels, Buckets);
            Volatile.Write(ref _series, [.. _series, created]);
            return created;
        }
    }

    private static bool IsUpDownCounter(Instrument instrument) =>
        instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(UpDownCounter<>);
}
