using System.CommandLine;
using Inference.LoadTest.Experiments;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load experiment</c>: servers in several settings, measured in turn.</summary>
internal static class ExperimentCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("file") { Description = "The experiment, as JSON." };
        var quick = new Option<bool>("--quick") { Description = "Fewer clients, requests and rounds." };
        var output = new Option<string>("--output") { Description = "The folder that gets RESULTS.md.", HelpName = "FOLDER", DefaultValueFactory = _ => "." };
        var command = new Command("experiment", "Starts servers in several settings, loads them in turn, and writes RESULTS.md.") { file, quick, output };
        command.SetAction(async (parse, cancellation) =>
        {
            var experiment = Experiment.Read(parse.GetValue(file)!);
            if (parse.GetValue(quick))
                experiment = experiment.Shortened();
            var points = await ExperimentRunner.RunAsync(experiment, Console.Out, cancellation);
            new ExperimentReport(experiment, points, parse.GetValue(quick) ? "bench/run-experiment --quick" : "bench/run-experiment").Write(parse.GetValue(output)!);
            return 0;
        });
        return command;
    }
}
