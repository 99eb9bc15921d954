using System.CommandLine;
using Inference.LoadTest.Commands;
using Inference.LoadTest.Http;
using Spectre.Console;

InlineCompletions.Enable();
// A file or a pipe has lines as long as they need to be.
if (!AnsiConsole.Profile.Out.IsTerminal)
    AnsiConsole.Profile.Width = 240;
var root = new RootCommand("Loads OpenAI-style and SageMaker-style servers over HTTP, and measures them.")
{
    RunCommand.Create(), SweepCommand.Create(), SearchCommand.Create(), CompareCommand.Create(), CapacityCommand.Create(), ExperimentCommand.Create(),
    SelfTestCommand.Create(), MockCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception exception) when (exception is FormatException or IOException or UnauthorizedAccessException or HttpRequestException)
{
    Console.Error.WriteLine($"inference-load: {exception.Message}");
    return 1;
}
catch (OperationCanceledException)
{
    return 130;
}
