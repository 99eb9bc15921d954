using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Inference.LoadTest.Loads;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Reports;
using Inference.LoadTest.Runs;
using Inference.LoadTest.Tests.Doubles;
using Inference.Traces;

namespace Inference.LoadTest.Tests.Reports;

public sealed class ReportTests
{
    private static readonly VirtualRun Run = VirtualRun.Of(
        _ => ScriptedAnswer.Stream(200, 20, 10), new ClosedLoad(2), new RunPlan { Requests = 8 },
        describe: description => description with { Name = "<b> & \"c\"", Concurrency = 2, Slo = new Slo(TtftMs: 200) });

    [Fact]
    public void Json_RoundTrip_IsTheSame()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        try
        {
            SummaryFile.Write(path, [Run.Summary]);
            var read = Assert.Single(SummaryFile.Read(path));

            Assert.Equal(JsonSerializer.Serialize(Run.Summary, LoadJson.Summary), JsonSerializer.Serialize(read, LoadJson.Summary));
            Assert.Equal(200, read.Ttft.P90, 0.2);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Csv_Columns_AreAsManyAsTheHeadings()
    {
        var lines = CsvReport.Of([Run.Summary]).TrimEnd('\n').Split('\n');

        Assert.Equal(2, lines.Length);
        Assert.Equal(lines[0].Split(',').Length, lines[1].Split(',').Length);
        Assert.StartsWith("\"<b> & \"\"c\"\"\",2,,1.52,8,0", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void RecordLines_AreATraceToReplay()
    {
        var lines = RecordLines.Of(Run.Records);
        var trace = RecordedTrace.Read(new StringReader(lines));

        Assert.Equal(Run.Records.Select(record => RunClock.Seconds(record.Intended)), trace.Select(request => request.Arrival.TotalSeconds));
        Assert.All(trace, request => Assert.Equal((32, 10), (request.InputLength, request.OutputLength)));
        var first = JsonElement.Parse(lines.Split('\n')[0]);
        Assert.Equal((200, 20, 380, 9), (first.GetProperty("ttft_ms").GetDouble(), first.GetProperty("tpot_ms").GetDouble(),
            first.GetProperty("e2el_ms").GetDouble(), first.GetProperty("itl_ms").GetArrayLength()));
    }

    [Fact]
    public void Html_Page_NeedsNothingElseAndEscapes()
    {
        var page = HtmlReport.Of([Run.Summary], Run.Records);

        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("src=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=", page, StringComparison.Ordinal);
        Assert.Equal(7, page.Split("<figure>").Length - 1);
    }

    [Fact]
    public void Html_SeveralRuns_HaveTheirLoadAsAxis()
    {
        var page = HtmlReport.Of([Run.Summary, Run.Summary with { Concurrency = 4 }], []);

        Assert.Contains("Throughput and load", page, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Svg_Margins_AreLinesThroughThePointsAndEndAtTheEdge()
    {
        var svg = XElement.Parse(new SvgPlot("t", "x", "y", [new PlotSeries("a", [(1, 50), (2, 100), (3, 60)], Margins: [10, 1000, null])]).Render());
        var paths = svg.Descendants().Where(element => element.Name.LocalName == "path").Select(element => (string)element.Attribute("d")!).ToArray();

        // One for the line, one for each margin that is known; y runs downwards from 34 (100) to 264 (0).
        Assert.Equal(3, paths.Length);
        Assert.EndsWith(" 172V126", paths[1], StringComparison.Ordinal);
        Assert.EndsWith(" 264V34", paths[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Svg_Spans_AreOneLineForTwoPoints()
    {
        var svg = XElement.Parse(new SvgPlot("t", "x", "y", [new PlotSeries("a", [(0, 1), (5, 1), (5, 2), (10, 2)], PlotKind.Spans)]).Render());
        var path = (string)Assert.Single(svg.Descendants(), element => element.Name.LocalName == "path").Attribute("d")!;

        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal(2, path.Count(c => c == 'H'));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.003)]
    [InlineData(7)]
    [InlineData(123_456)]
    public void Svg_AnyScale_IsWellFormedAndInside(double most)
    {
        var svg = XElement.Parse(new SvgPlot("t & t", "x", "y", [new PlotSeries("a<b", [(0, 0), (most, most / 2)]), new PlotSeries("none", [])]).Render(standalone: true));

        Assert.All(svg.Descendants().Where(element => element.Name.LocalName == "circle"), circle =>
        {
            Assert.InRange((double)circle.Attribute("cx")!, 50, 460);
            Assert.InRange((double)circle.Attribute("cy")!, 30, 270);
        });
        Assert.InRange(svg.Descendants().Count(element => (string?)element.Attribute("class") == "g"), 3, 8);
    }

    [Fact]
    public void Markdown_Table_HasAsManyCellsInEachRow()
    {
        var lines = SummaryTable.Markdown(SummaryTable.Of([Run.Summary])).TrimEnd('\n').Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.Single(lines.Select(line => line.Count(c => c == '|')).Distinct());
        Assert.Contains(" 100.0% ", lines[2], StringComparison.Ordinal);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $" {80 / 1.52:0.0} "), lines[2], StringComparison.Ordinal);
    }
}
