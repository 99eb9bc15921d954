using System.Globalization;
using System.Net;
using System.Text;

namespace Inference.LoadTest.Reports;

/// <summary>
/// A plot as SVG, narrow enough for a phone, whose colours are the page's. A point says its value when pointed at.
/// </summary>
internal sealed class SvgPlot(string title, string xLabel, string yLabel, IReadOnlyList<PlotSeries> series)
{
    private const int Width = 460;
    private const int PlotHeight = 230;
    private const int Left = 52;
    private const int Right = 20;
    private const int Top = 34;
    private const int Bottom = Top + PlotHeight;
    private const int LegendRow = 18;
    private const int MaxDots = 40;

    /// <summary>Colours for light and dark backgrounds, told apart also by those who see few.</summary>
    public const string Style =
        """
        svg{--ink:#24292f;--soft:#6a737d;--grid:#e3e6ea;--paper:#fff;--s0:#3565c9;--s1:#d9680f;--s2:#16875a;--s3:#a33fa3;--s4:#8a6d00;--s5:#c02b4b;--s6:#4a5a6a;--s7:#0089a8}
        @media(prefers-color-scheme:dark){svg{--ink:#e6e9ed;--soft:#98a2ad;--grid:#313840;--paper:#171b20;--s0:#7aa5ff;--s1:#ff9a4d;--s2:#4fcf97;--s3:#dd8bdd;--s4:#d9bb4a;--s5:#ff7d97;--s6:#a9b7c6;--s7:#4fc9e6}}
        svg text{font:12px system-ui,sans-serif;fill:var(--soft)}svg text.t{font-weight:600;font-size:14px;fill:var(--ink)}
        svg .g{stroke:var(--grid)}svg path{fill:none;stroke-width:2;stroke-linejoin:round}
        """;

    private readonly StringBuilder _svg = new();
    private readonly double _xMax = Ceiling(series, point => point.X);
    private readonly double _yMax = Ceiling(series, point => point.Y);

    /// <param name="standalone">Whether it is a file of its own, with its style and background.</param>
    public string Render(bool standalone = false)
    {
        var height = Bottom + 42 + (series.Count > 1 ? series.Count * LegendRow : 0);
        Line($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" role=\"img\" aria-label=\"{Escape(title)}\">");
        if (standalone)
            Line($"<style>{Style}</style><rect width=\"{Width}\" height=\"{height}\" fill=\"var(--paper)\"/>");
        Line($"<text class=\"t\" x=\"{Left}\" y=\"18\">{Escape(title)}</text>");
        Axes();
        for (var i = 0; i < series.Count; i++)
            Draw(series[i], $"var(--s{i % 8})");
        if (series.Count > 1)
            Legend();
        Line($"</svg>");
        return _svg.ToString();
    }

    private void Axes()
    {
        foreach (var y in Ticks(_yMax))
        {
            Line($"<line class=\"g\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(y):0.#}\" y2=\"{Y(y):0.#}\"/>");
            Line($"<text x=\"{Left - 6}\" y=\"{Y(y) + 4:0.#}\" text-anchor=\"end\">{Short(y)}</text>");
        }

        foreach (var x in Ticks(_xMax))
            Line($"<text x=\"{X(x):0.#}\" y=\"{Bottom + 16}\" text-anchor=\"middle\">{Short(x)}</text>");
        Line($"<text x=\"{Width - Right}\" y=\"{Bottom + 33}\" text-anchor=\"end\">{Escape(xLabel)}</text>");
        Line($"<text x=\"{Width - Right}\" y=\"18\" text-anchor=\"end\">{Escape(yLabel)}</text>");
    }

    private void Draw(PlotSeries line, string colour)
    {
        if (line.Points.Count == 0)
            return;
        if (line.Kind == PlotKind.Spans)
        {
            var spans = string.Concat(line.Points.Chunk(2).Select(ends => Text($"M{X(ends[0].X):0.#} {Y(ends[0].Y):0.#}H{X(ends[1].X):0.#}")));
            Line($"<path d=\"{spans}\" stroke=\"{colour}\"/>");
            return;
        }

        if (line.Kind == PlotKind.Line)
        {
            var path = string.Join('L', line.Points.Select(point => Text($"{X(point.X):0.#} {Y(point.Y):0.#}")));
            Line($"<path d=\"M{path}\" stroke=\"{colour}\"/>");
        }

        if (line.Margins is { } margins)
            DrawMargins(line.Points, margins, colour);
        if (line.Kind == PlotKind.Line && line.Points.Count > MaxDots)
            return;
        foreach (var (x, y) in line.Points)
        {
            var radius = line.Points.Count > MaxDots ? 1.5 : 3.5;
            Line($"<circle cx=\"{X(x):0.#}\" cy=\"{Y(y):0.#}\" r=\"{radius}\" fill=\"{colour}\"><title>{Escape(line.Name)}: {Short(x)} {Escape(xLabel)}, {y:0.##} {Escape(yLabel)}</title></circle>");
        }
    }

    /// <summary>As lines through the points; what is outside of the plot is not drawn.</summary>
    private void DrawMargins(IReadOnlyList<(double X, double Y)> points, IReadOnlyList<double?> margins, string colour)
    {
        for (var i = 0; i < points.Count; i++)
        {
            var (x, y) = points[i];
            if (margins[i] is { } margin)
                Line($"<path d=\"M{X(x):0.#} {Y(Math.Max(0, y - margin)):0.#}V{Y(Math.Min(_yMax, y + margin)):0.#}\" stroke=\"{colour}\"/>");
        }
    }

    private void Legend()
    {
        for (var i = 0; i < series.Count; i++)
        {
            var y = Bottom + 48 + i * LegendRow;
            Line($"<rect x=\"{Left}\" y=\"{y - 9}\" width=\"12\" height=\"10\" rx=\"2\" fill=\"var(--s{i % 8})\"/>");
            Line($"<text x=\"{Left + 18}\" y=\"{y}\">{Escape(series[i].Name)}</text>");
        }
    }

    private double X(double value) => Left + value / _xMax * (Width - Left - Right);

    private double Y(double value) => Bottom - value / _yMax * PlotHeight;

    /// <summary>Round steps from 0: four to six of them.</summary>
    private static IEnumerable<double> Ticks(double max)
    {
        var step = Step(max);
        for (var i = 0; i * step <= max * 1.0001; i++)
            yield return i * step;
    }

    private static double Step(double max)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(max / 4)));
        return new[] { 1, 2, 2.5, 5, 10 }.Select(factor => factor * power).First(step => max / step <= 6);
    }

    private static double Ceiling(IReadOnlyList<PlotSeries> series, Func<(double X, double Y), double> value)
    {
        var most = series.SelectMany(line => line.Points).Select(value).Append(0).Max();
        if (most <= 0)
            return 1;
        var step = Step(most);
        return Math.Ceiling(most / step - 1e-9) * step;
    }

    private static string Short(double value) => value >= 10_000 ? Text($"{value / 1000:0.#}k") : Text($"{value:0.###}");

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Line(FormattableString text) => _svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
