using System.Globalization;
using System.Reflection;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace Inference.Benchmarks;

/// <summary>Work per second, of benchmarks that say with <see cref="WorkAttribute"/> how much they do.</summary>
internal sealed class RateColumn : IColumn
{
    public string Id => nameof(RateColumn);

    public string ColumnName => "Rate";

    public bool AlwaysShow => false;

    public ColumnCategory Category => ColumnCategory.Statistics;

    public int PriorityInCategory => int.MaxValue;

    public bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public string Legend => "Work per second at the median time, on one thread";

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        var work = WorkOf(benchmarkCase);
        var nanoseconds = summary[benchmarkCase]?.ResultStatistics?.Median;
        if (work is null || nanoseconds is null)
            return "-";

        var amount = work.Amount * (work.Times is { } name ? (int)benchmarkCase.Parameters[name] : 1);
        return string.Create(CultureInfo.InvariantCulture, $"{amount / nanoseconds * 1e9:0.00} {work.Unit}/s");
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    public bool IsAvailable(Summary summary) => summary.BenchmarksCases.Any(benchmark => WorkOf(benchmark) is not null);

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    private static WorkAttribute? WorkOf(BenchmarkCase benchmarkCase) =>
        benchmarkCase.Descriptor.WorkloadMethod.GetCustomAttribute<WorkAttribute>();
}
