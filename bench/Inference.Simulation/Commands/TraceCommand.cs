using System.CommandLine;
using System.Globalization;
using Inference.Traces;

namespace Inference.Simulation.Commands;

/// <summary>What a trace is like.</summary>
internal static class TraceCommand
{
    public static Command Create(TextWriter output)
    {
        var trace = CommonOptions.Trace();
        var command = new Command("trace", "Say what a trace is like.") { trace };
        command.SetAction(result => Print(TraceStatistics.Of(CommonOptions.ReadTrace(result.GetRequiredValue(trace))), output));
        return command;
    }

    private static void Print(TraceStatistics statistics, TextWriter output)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {statistics.Requests} requests in {statistics.Duration.TotalSeconds:0.0} s, times between them vary by {statistics.ArrivalVariation:0.00} of their mean
            in:  {statistics.InputTokens} tokens, p50 {statistics.InputLength(.5)}, p90 {statistics.InputLength(.9)}, p99 {statistics.InputLength(.99)}
            out: {statistics.OutputTokens} tokens, p50 {statistics.OutputLength(.5)}, p90 {statistics.OutputLength(.9)}, p99 {statistics.OutputLength(.99)}
            {statistics.RepeatedPrefixBlocks} of {statistics.PrefixBlocks} prefix blocks were there before: {statistics.IdealHitRate:0.000}
            """));
    }
}
