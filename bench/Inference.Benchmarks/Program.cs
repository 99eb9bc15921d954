using BenchmarkDotNet.Running;
using Inference.Benchmarks;
using Inference.Benchmarks.Conversion;
using Inference.Benchmarks.Cost;
using Inference.Benchmarks.Floor;
using Inference.Benchmarks.Quality;
using Inference.Benchmarks.Serving;
using Inference.Benchmarks.Steps;
using Inference.Models.Conversion;

// Verbs of our own; everything else is BenchmarkDotNet's (--filter, --list, --help).
switch (args)
{
    case ["step"]:
        await StepReport.PrintAsync(Console.Out);
        break;
    case ["cost"]:
        await CostReport.PrintAsync(Console.Out);
        break;
    case ["convert"]:
        await ConversionReport.PrintAsync(Console.Out, ModelDType.Int8);
        break;
    case ["convert", "float32"]:
        await ConversionReport.PrintAsync(Console.Out, ModelDType.Float32);
        break;
    case ["convert", "synthetic"]:
        await ConversionReport.PrintSyntheticAsync(Console.Out, ModelDType.Int8);
        break;
    case ["convert", "synthetic", "float32"]:
        await ConversionReport.PrintSyntheticAsync(Console.Out, ModelDType.Float32);
        break;
    case ["quality"]:
        await QualityReport.PrintAsync(Console.Out);
        break;
    case ["serve"]:
        await ServeReport.PrintAsync(Console.Out);
        break;
    case ["chat"]:
        await ChatReport.PrintAsync(Console.Out);
        break;
    case ["latency"]:
        await LatencyReport.PrintAsync(Console.Out);
        break;
    case ["floor"]:
        await FloorReport.PrintAsync(Console.Out);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Settings).Assembly).Run(args, new Settings());
        break;
}
