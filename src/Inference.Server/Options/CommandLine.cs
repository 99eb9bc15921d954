using System.CommandLine;

namespace Inference.Server.Options;

/// <summary>The command line of the executable: <c>inference [serve] [options]</c>.</summary>
internal static class CommandLine
{
    private const string Description = """
        Serves a language model over HTTP with the API of OpenAI.

        Every option can also be given in the environment (--max-model-len as INFERENCE_MAX_MODEL_LEN) and in the section
        "Inference" of appsettings.json ("MaxModelLen"). The command line wins over the environment, and that over the file.
        """;

    /// <summary>Parses <paramref name="args"/>, then runs <paramref name="serve"/> with the options, or answers --help and --version.</summary>
    /// <returns>The exit code of the process: 2 when an option is unknown or wrong.</returns>
    public static async Task<int> RunAsync(string[] args, IConfiguration settings, Func<ServerOptions, Task<int>> serve)
    {
        var options = OptionTable.All.ToDictionary(definition => definition.Name, ToOption);
        var root = new RootCommand(Description);
        var serveCommand = new Command("serve", "Serve a model (what happens without a command, too).");
        root.Subcommands.Add(serveCommand);
        foreach (var option in options.Values)
        {
            root.Options.Add(option);
        }

        async Task<int> ServeAsync(ParseResult result, CancellationToken cancellationToken)
        {
            var given = options
                .Select(entry => (entry.Key, Result: result.GetResult(entry.Value)))
                .Where(entry => entry.Result is { Implicit: false })
                .ToDictionary(entry => entry.Key, IReadOnlyList<string> (entry) => [.. entry.Result!.Tokens.Select(token => token.Value)]);
            return await serve(OptionsReader.Read(given, Environment.GetEnvironmentVariable, settings));
        }

        root.SetAction(ServeAsync);
        serveCommand.SetAction(ServeAsync);

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            throw new OptionException(parsed.Errors[0].Message.TrimEnd('.') + "; see --help");
        }

        // The host handles signals itself: it drains before it stops.
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static Option ToOption(OptionDefinition definition)
    {
        string[] aliases = definition.CommandLineAlias is { } alias && alias != definition.CommandLineName ? [alias] : [];
        Option option = definition.IsRepeatable
            ? new Option<string[]>(definition.CommandLineName, aliases)
            : new Option<string>(definition.CommandLineName, aliases);
        option.Description = definition.Description;
        option.HelpName = definition.ValueName;
        option.Recursive = true;
        return option;
    }
}
