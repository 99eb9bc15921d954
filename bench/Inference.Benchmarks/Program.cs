using BenchmarkDotNet.Running;
using Inference.Benchmarks;
using Inference.Benchmarks.Steps;

// One verb of our own; everything else is BenchmarkDotNet's (--filter, --list, --help).
if (args is ["step"])
{
    await StepReport.PrintAsync(Console.Out);
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Settings).Assembly).Run(args, new Settings());
}
