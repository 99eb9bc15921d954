using System.Net.Sockets;
using Inference.Models;
using Inference.Models.Conversion;
using Inference.Server.Commands;
using Inference.Server.Options;
using Inference.Server.Serving;
using Inference.Tokenization;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Server.Hosting;

/// <summary>The process from its first line to its exit code. Whatever stops the start is told in one line on standard error.</summary>
internal static class ServerProcess
{
    private const int Success = 0;
    private const int Failure = 1;
    private const int WrongUsage = 2;

    /// <summary>Runs until a signal stops it.</summary>
    /// <returns>0 after a stop that was asked for, 2 for a wrong option, 1 for everything else that keeps it from serving.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            var settings = Settings.Load();
            return await CommandLine.RunAsync(args, settings, new CommandActions(
                options => ServeAsync(options, settings),
                (options, output) => Task.FromResult(ConvertCommand.Run(options, output, Console.Out, isInteractive: !Console.IsOutputRedirected)),
                options => Task.FromResult(InspectCommand.Run(options, Console.Out))));
        }
        catch (OptionException exception)
        {
            return Fail(exception.Message, WrongUsage);
        }
        catch (Exception exception) when (IsExplained(exception))
        {
            return Fail(exception.Message, Failure);
        }
        catch (Exception exception)
        {
            return Fail($"unexpected {exception.GetType().Name}: {exception.Message}", Failure);
        }
    }

    private static async Task<int> ServeAsync(ServerOptions options, IConfiguration settings)
    {
        using var progress = new ConsoleProgress(Console.Out, isInteractive: !Console.IsOutputRedirected);
        var models = ModelLoader.LoadAll(options, progress, TimeProvider.System);
        progress.Complete();
        await using var app = ServerHost.Build(options, models, settings);
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            return Fail($"--port {options.Port}: cannot listen on {options.Host}: {exception.GetBaseException().Message}", Failure);
        }

        ReadyMessage.Write(Console.Out, app.Urls, models, options);
        await app.WaitForShutdownAsync();
        return Success;
    }

    // Failures whose messages are made for people already.
    private static bool IsExplained(Exception exception) =>
        exception is ModelFormatException or ConversionException or TokenizerFormatException or ChatTemplateException;

    private static int Fail(string message, int exitCode)
    {
        Console.Error.WriteLine("inference: " + message.ReplaceLineEndings(" "));
        return exitCode;
    }
}
