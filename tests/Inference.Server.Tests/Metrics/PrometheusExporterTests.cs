using System.Diagnostics.Metrics;
using Inference.Server.Metrics;
using Inference.Testing;

namespace Inference.Server.Tests.Metrics;

public sealed class PrometheusExporterTests : IDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly PrometheusExporter _exporter;
    private readonly Meter _meter;

    public PrometheusExporterTests()
    {
        _exporter = new PrometheusExporter(meter => ReferenceEquals(meter.Scope, _meters));
        _meter = _meters.Create(new MeterOptions("test") { Tags = [new("model_name", "m\"1\\\n")] });
    }

    [Fact]
    public void Scrape_Counter_HasTotalHelpTypeAndEscapedLabels()
    {
        var counter = _meter.CreateCounter<long>("app:things.done", description: "Things\nthat are \\ done.");
        counter.Add(2, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(3, new KeyValuePair<string, object?>("kind", "a"));
        counter.Add(1, new KeyValuePair<string, object?>("kind", null));

        Assert.Equal(
            """
            # HELP app:things_done_total Things\nthat are \\ done.
            # TYPE app:things_done_total counter
            app:things_done_total{model_name="m\"1\\\n",kind="a"} 5
            app:things_done_total{model_name="m\"1\\\n",kind=""} 1

            """,
            _exporter.Scrape());
    }

    [Fact]
    public void Scrape_Histogram_IsCumulativeWithInclusiveBounds()
    {
        using var meter = _meters.Create("plain");
        var histogram = meter.CreateHistogram("h", "s", "H.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in new[] { 0.25, 0.5, 0.75, 1, 8 })
        {
            histogram.Record(value);
        }

        Assert.Equal(
            """
            # HELP h H.
            # TYPE h histogram
            h_bucket{le="0.5"} 2
            h_bucket{le="1"} 4
            h_bucket{le="+Inf"} 5
            h_sum 10.5
            h_count 5

            """,
            _exporter.Scrape());
    }

    [Fact]
    public void Scrape_Gauges_ShowTheLatestValue()
    {
        using var meter = _meters.Create("plain");
        var observed = 1.5;
        meter.CreateObservableGauge("observed", () => observed, null, "O.");
        var upDown = meter.CreateUpDownCounter<int>("up_down", null, "U.");
        var gauge = meter.CreateGauge<long>("set", null, "S.");
        upDown.Add(5);
        upDown.Add(-2);
        gauge.Record(7);
        gauge.Record(4);
        _exporter.Scrape();
        observed = double.PositiveInfinity;

        var text = _exporter.Scrape();

        Assert.Contains("# TYPE observed gauge\nobserved +Inf\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE up_down gauge\nup_down 3\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE set gauge\nset 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_ObservableCounter_IsATotalNotASum()
    {
        using var meter = _meters.Create("plain");
        meter.CreateObservableCounter("seen", () => 7L, null, "Seen.");
        _exporter.Scrape();

        Assert.Contains("# TYPE seen_total counter\nseen_total 7\n", _exporter.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_ForeignMeter_IsLeftOut()
    {
        using var foreign = new Meter("foreign");
        foreign.CreateCounter<long>("foreign").Add(1);

        Assert.Equal("", _exporter.Scrape());
    }

    [Fact]
    public void Record_TooManySeries_AreBounded()
    {
        var counter = _meter.CreateCounter<long>("many");
        for (var i = 0; i < 5000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        }

        Assert.Equal(1000, _exporter.Scrape().Split('\n').Count(line => line.StartsWith("many_total{", StringComparison.Ordinal)));
    }

    [Fact]
    public void Record_ManyThreads_LosesNothing()
    {
        var counter = _meter.CreateCounter<long>("hits");
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("thread", thread % 2));
            }
        });

        Assert.Equal(2, _exporter.Scrape().Split('\n').Count(line => line.EndsWith(" 40000", StringComparison.Ordinal)));
    }

    public void Dispose()
    {
        _exporter.Dispose();
        _meters.Dispose();
    }
}
