using System.CommandLine;
using Inference.Simulation.Commands;

var root = new RootCommand("Runs the engine's scheduler and cache in virtual time, on traces of real services.")
{
    TraceCommand.Create(Console.Out), RunCommand.Create(Console.Out), CacheCommand.Create(Console.Out), LatencyCommand.Create(Console.Out),
    FitCommand.Create(Console.Out),
};
try
{
    return root.Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is ArgumentException or FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"simulate: {exception.Message}");
    return 1;
}
