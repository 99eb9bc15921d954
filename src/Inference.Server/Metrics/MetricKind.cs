namespace Inference.Server.Metrics;

/// <summary>Prometheus's types of metrics.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Observations by size.</summary>
    Histogram,
}
