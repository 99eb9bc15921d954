namespace Inference.LoadTest.Reports;

/// <summary>How a series' points are drawn.</summary>
internal enum PlotKind
{
    /// <summary>Joined, in order; dots too if they are few.</summary>
    Line,

    /// <summary>Alone.</summary>
    Dots,

    /// <summary>Two and two, from the first to the second.</summary>
    Spans,
}
