using System.Globalization;
using System.Text;

namespace Inference.Server.Metrics;

/// <summary>Prometheus's text exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    /// <summary>The media type of the format.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>An instrument's name as a metric's: other characters than [a-zA-Z0-9_:] become '_', counters end with _total.</summary>
    public static string MetricName(string instrumentName, MetricKind kind)
    {
        var name = string.Concat(instrumentName.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or ':' ? c : '_'));
        name = char.IsAsciiDigit(name[0]) ? "_" + name : name;
        return kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>Tags as labels without braces: <c>a="b",c="d"</c>; empty when there are none.</summary>
    public static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in tags)
        {
            text.Append(text.Length == 0 ? "" : ",");
            text.Append(string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) || c == '_' ? c : '_')));
            text.Append("=\"");
            text.Append(Convert.ToString(value, CultureInfo.InvariantCulture)?
                .Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal));
            text.Append('"');
        }

        return text.ToString();
    }

    /// <summary>Writes metrics of the same name (from several meters, say) as one family with one HELP and TYPE.</summary>
    public static string Write(IEnumerable<MetricFamily> families)
    {
        var text = new StringBuilder();
        foreach (var group in families.GroupBy(family => family.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var first = group.First();
            var help = first.Help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
            text.Append("# HELP ").Append(first.Name).Append(' ').Append(help).Append('\n');
            text.Append("# TYPE ").Append(first.Name).Append(' ').Append(TypeName(first.Kind)).Append('\n');
            foreach (var family in group.Where(family => family.Kind == first.Kind))
            {
                foreach (var series in family.Series)
                {
                    WriteSeries(text, family, series);
                }
            }
        }

        return text.ToString();
    }

    private static void WriteSeries(StringBuilder text, MetricFamily family, MetricSeries series)
    {
        var (sum, count, bucketCounts) = series.Read();
        if (family.Kind != MetricKind.Histogram)
        {
            WriteSample(text, family.Name, series.Labels, Number(sum));
            return;
        }

        var separator = series.Labels.Length == 0 ? "" : ",";
        var cumulative = 0L;
        for (var i = 0; i < bucketCounts.Length; i++)
        {
            cumulative += bucketCounts[i];
            WriteSample(text, family.Name + "_bucket", $"{series.Labels}{separator}le=\"{Number(family.Buckets[i])}\"", Number(cumulative));
        }

        WriteSample(text, family.Name + "_bucket", $"{series.Labels}{separator}le=\"+Inf\"", Number(count));
        WriteSample(text, family.Name + "_sum", series.Labels, Number(sum));
        WriteSample(text, family.Name + "_count", series.Labels, Number(count));
    }

    private static void WriteSample(StringBuilder text, string name, string labels, string value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value).Append('\n');
    }

    private static string TypeName(MetricKind kind) => kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Gauge => "gauge",
        _ => "histogram",
    };

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
