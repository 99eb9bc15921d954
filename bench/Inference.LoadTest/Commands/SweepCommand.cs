using System.CommandLine;
using System.Globalization;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Reports;
using Inference.LoadTest.Runs;
using Inference.LoadTest.Searches;
using Spectre.Console;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load sweep</c>: one load after another, until the server is full.</summary>
internal static class SweepCommand
{
    private const int MostClients = 1024;

    /// <summary>Between the seeds of one round and the next.</summary>
    private const int MostLoads = 1000;

    public static Command Create()
    {
        var clients = new Option<string?>("--concurrencies") { Description = "Clients of the closed loops, such as 1,2,4,8. Default: doubled until throughput does not grow.", HelpName = "LIST" };
        var rates = new Option<string?>("--request-rates") { Description = "Open loops at these rates instead.", HelpName = "LIST" };
        var repeats = RunCommand.RepeatsOption();
        var command = new Command("sweep", "Measures one load after another, until the server is full: throughput and latency over load, and the knee.") { clients, rates, repeats };
        var options = new RunOptionSet(command, hasLoad: false);
        var outputs = new OutputSet(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var loads = Loads(options.Read(parse), parse.GetValue(clients), parse.GetValue(rates)).ToArray();
            var untilFull = parse.GetValue(clients) is null && parse.GetValue(rates) is null;
            var runs = new List<RunSummary>();
            IReadOnlyList<RequestRecord> records = [];
            // Round after round, so that a slow minute is not one load's alone.
            for (var round = 0; round < RunCommand.Repeats(parse, repeats); round++)
            {
                for (var i = 0; i < loads.Length && !cancellation.IsCancellationRequested; i++)
                {
                    // Prompts that no run before had: a server that caches them is asked for its work each time.
                    (var run, records) = await RunCommand.RunAsync(loads[i] with { Seed = loads[i].Seed + round * MostLoads + i }, cancellation);
                    runs.Add(run);
                    AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{SummaryTable.Load(run)}: {run.OutputThroughput:0.0} tokens/s, TTFT p90 {run.Ttft.P90:0} ms, E2EL p90 {run.E2el.P90 / 1000:0.00} s, {run.Requests.Failed} failed");
                    // The first round finds where to end, the others follow it.
                    if (run.Requests.Completed == 0 || (untilFull && round == 0 && Saturation.IsReached(runs)))
                        loads = loads[..(i + 1)];
                }
            }

            RunsTable.Print(runs);
            var knee = Saturation.Knee(runs);
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"The knee is at {knee.RequestRate ?? knee.Concurrency:0.##}: {knee.OutputThroughput:0.0} tokens/s.");
            outputs.Write(parse, runs, records);
            return 0;
        });
        return command;
    }

    private static IEnumerable<RunOptions> Loads(RunOptions options, string? clients, string? rates)
    {
        options = options with { Name = options.Name ?? options.Url };
        if (rates is not null)
            return Numbers("--request-rates", rates).Select(rate => options with { RequestRate = rate.ToString(CultureInfo.InvariantCulture) });
        var counts = clients is not null
            ? Numbers("--concurrencies", clients).Select(count => (int)count)
            : Enumerable.Range(0, 1 + int.Log2(MostClients)).Select(power => 1 << power);
        // --requests are each client's: a load of many needs more to be one.
        return counts.Select(count => options with { Concurrency = count, Requests = options.Requests * count });
    }

    private static IEnumerable<double> Numbers(string option, string list) => list.Split(',').Select(text =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{option} {list}: numbers above 0, separated by commas."));
}
