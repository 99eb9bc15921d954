using System.CommandLine;
using Inference.LoadTest.Mock;

namespace Inference.LoadTest.Commands;

/// <summary><c>inference-load mock</c>: a server whose times are known.</summary>
internal static class MockCommand
{
    public static Command Create()
    {
        var port = new Option<int>("--port") { Description = "0 takes a free one.", DefaultValueFactory = _ => 8000, HelpName = "N" };
        var ttft = new Option<double>("--ttft") { Description = "Milliseconds to the first token.", DefaultValueFactory = _ => 100, HelpName = "MS" };
        var itl = new Option<double>("--itl") { Description = "Milliseconds from token to token.", DefaultValueFactory = _ => 20, HelpName = "MS" };
        var tokens = new Option<int>("--tokens") { Description = "Tokens of each answer.", DefaultValueFactory = _ => 128, HelpName = "N" };
        var command = new Command("mock", "Serves completions in known times, to try a harness on.") { port, ttft, itl, tokens };
        command.SetAction(async (parse, cancellation) =>
        {
            var timing = new MockTiming(TimeSpan.FromMilliseconds(parse.GetValue(ttft)), TimeSpan.FromMilliseconds(parse.GetValue(itl)), parse.GetValue(tokens));
            await using var server = new MockServer(timing, parse.GetValue(port));
            Console.WriteLine(server.Address);
            await Task.Delay(Timeout.Infinite, cancellation).ContinueWith(_ => { }, TaskScheduler.Default);
            return 0;
        });
        return command;
    }
}
