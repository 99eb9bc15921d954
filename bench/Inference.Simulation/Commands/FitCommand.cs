using System.CommandLine;
using System.Globalization;
using Inference.Simulation.Costs;

namespace Inference.Simulation.Commands;

/// <summary>Fits a cost model to measured steps.</summary>
internal static class FitCommand
{
    public static Command Create(TextWriter output)
    {
        var measured = new Argument<string>("measured") { Description = "Lines as the benchmarks' verb 'cost' prints them." };
        var source = new Option<string>("--source") { Description = "What was measured, and on what.", Required = true };
        var target = new Option<string?>("--output") { Description = "Where to write the model. Default: the console alone.", HelpName = "FILE" };
        var command = new Command("fit", "Fit how long steps take to measured steps.") { measured, source, target };
        command.SetAction(result => Fit(result.GetRequiredValue(measured), result.GetRequiredValue(source), result.GetValue(target), output));
        return command;
    }

    private static void Fit(string path, string source, string? target, TextWriter output)
    {
        using var file = File.OpenText(path);
        var measurements = StepMeasurement.Read(file);
        var model = CostFit.Fit(measurements, source);
        output.WriteLine("| tokens | rows | context | pairs | measured ms | fitted ms | error |\n|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var measured in measurements)
            output.WriteLine(Row(measured, model.Of(measured.Features).TotalMilliseconds));
        output.WriteLine($"\n{model}");
        if (target is not null)
            File.WriteAllText(target, $"{model}\n");
    }

    private static string Row(StepMeasurement measured, double fitted)
    {
        var (tokens, rows, context, pairs) = measured.Features;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {tokens} | {rows} | {context} | {pairs} | {measured.Milliseconds:0.0} | {fitted:0.0} | {fitted / measured.Milliseconds - 1:+0%;-0%} |");
    }
}
