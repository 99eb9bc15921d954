using System.Globalization;
using System.Text;
using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Reports;

/// <summary>A line for each run.</summary>
internal static class CsvReport
{
    public static string Of(IEnumerable<RunSummary> runs)
    {
        var csv = new StringBuilder("name,concurrency,request_rate,duration_s,completed,failed,cancelled,incomplete,request_throughput,output_throughput,total_token_throughput,goodput,good_share");
        foreach (var measure in new[] { "ttft", "tpot", "itl", "e2el" })
            csv.Append(CultureInfo.InvariantCulture, $",{measure}_mean_ms,{measure}_std_ms,{measure}_p50_ms,{measure}_p90_ms,{measure}_p95_ms,{measure}_p99_ms,{measure}_p99.9_ms");
        csv.Append('\n');
        foreach (var run in runs)
        {
            csv.Append('"').Append(run.Name.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"');
            Append(csv, run.Concurrency, run.RequestRate, run.Duration, run.Requests.Completed, run.Requests.Failed, run.Requests.Cancelled, run.Requests.Incomplete);
            Append(csv, run.RequestThroughput, run.OutputThroughput, run.TotalTokenThroughput, run.Goodput, run.GoodShare);
            foreach (var measure in new[] { run.Ttft, run.Tpot, run.Itl, run.E2el })
                Append(csv, measure.Mean, measure.Std, measure.P50, measure.P90, measure.P95, measure.P99, measure.P999);
            csv.Append('\n');
        }

        return csv.ToString();
    }

    private static void Append(StringBuilder csv, params double?[] values)
    {
        foreach (var value in values)
            csv.Append(CultureInfo.InvariantCulture, $",{value:0.####}");
    }
}
