using System.CommandLine;
using System.Globalization;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Reports;
using Inference.LoadTest.Runs;
using Inference.LoadTest.Searches;
using Spectre.Console;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load search</c>: the highest rate within a service level.</summary>
internal static class SearchCommand
{
    public static Command Create()
    {
        var share = new Option<double>("--good-share") { Description = "The share of requests that must be good.", DefaultValueFactory = _ => 0.99, HelpName = "SHARE" };
        var start = new Option<double>("--start") { Description = "The first rate to try, requests per second.", DefaultValueFactory = _ => 1, HelpName = "RATE" };
        var precision = new Option<double>("--precision") { Description = "How exact the rate must be, as a share of it.", DefaultValueFactory = _ => 0.1, HelpName = "SHARE" };
        var command = new Command("search", "Finds the most requests per second at which the service level of --goodput holds.") { share, start, precision };
        var options = new RunOptionSet(command, hasLoad: false);
        var outputs = new OutputSet(command);
        command.SetAction(async (parse, cancellation) =>
        {
            var given = options.Read(parse);
            if (given.Goodput.Count == 0)
                throw new FormatException("--goodput: a search needs a service level, such as ttft:500 tpot:50.");
            if (parse.GetValue(start) <= 0 || parse.GetValue(precision) <= 0)
                throw new FormatException("--start, --precision: more than 0.");

            var runs = new List<RunSummary>();
            IReadOnlyList<RequestRecord> records = [];
            var highest = await RateSearch.HighestAsync(parse.GetValue(start), parse.GetValue(precision), async rate =>
            {
                cancellation.ThrowIfCancellationRequested();
                var text = rate.ToString("0.###", CultureInfo.InvariantCulture);
                // Prompts that no run before had: none of them is in a cache.
                (var run, records) = await RunCommand.RunAsync(given with { RequestRate = text, Name = given.Name ?? given.Url, Seed = given.Seed + runs.Count }, cancellation);
                runs.Add(run);
                // What did not end in time is not good.
                var good = (run.GoodShare ?? 0) * (run.Requests.Completed + run.Requests.Failed) / Math.Max(1, run.Requests.All - run.Requests.Cancelled);
                AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{text}/s: {100 * good:0.0}% good");
                return good >= parse.GetValue(share) ? Verdict.Holds : run.MaxConcurrency > 1 ? Verdict.Fails : Verdict.Hopeless;
            });

            RunsTable.Print([.. runs.OrderBy(run => run.RequestRate)]);
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{(highest is { } found ? $"{found:0.##} requests/s" : "No rate")} within {runs[0].Slo} for {100 * parse.GetValue(share):0.#}% of the requests.");
            outputs.Write(parse, [.. runs.OrderBy(run => run.RequestRate)], records);
            return highest is null ? 1 : 0;
        });
        return command;
    }
}
