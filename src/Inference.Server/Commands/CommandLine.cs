using System.CommandLine;
using Inference.Server.Options;

namespace Inference.Server.Commands;

/// <summary>The command line of the executable: <c>inference [serve|convert|inspect] [options]</c>.</summary>
internal static class CommandLine
{
    private const string Description = """
        Serves a language model over HTTP with the API of OpenAI.

        Every option can also be given in the environment (--max-model-len as INFERENCE_MAX_MODEL_LEN) and in the section
        "Inference" of appsettings.json ("MaxModelLen"). The command line wins over the environment, and that over the file.
        """;

    private const string Model = "model";

    /// <summary>Parses <paramref name="args"/>, then runs what they ask for with the options, or answers --help and --version.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="settings">The host's configuration.</param>
    /// <param name="actions">What the commands do; each gives the exit code.</param>
    /// <returns>The exit code of the process.</returns>
    /// <exception cref="OptionException">An option is unknown or wrong.</exception>
    public static async Task<int> RunAsync(string[] args, IConfiguration settings, CommandActions actions)
    {
        var root = new RootCommand(Description);
        var serve = new Command("serve", "Serve a model (what happens without a command, too).");
        var all = OptionTable.All.ToDictionary(definition => definition.Name, ToOption);
        foreach (var command in new[] { root, serve })
        {
            AddOptions(command, all);
            command.SetAction((result, _) => actions.Serve(Read(result, all, settings)));
        }

        root.Subcommands.Add(serve);
        root.Subcommands.Add(Convert(settings, actions));
        root.Subcommands.Add(Inspect(settings, actions));
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            // An unknown option says more than the value behind it.
            var error = parsed.Errors.FirstOrDefault(error => error.Message.Contains("'-", StringComparison.Ordinal)) ?? parsed.Errors[0];
            throw new OptionException(error.Message.TrimEnd('.') + "; see --help");
        }

        // The commands handle signals themselves: the host drains before it stops.
        return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    }

    private static Command Convert(IConfiguration settings, CommandActions actions)
    {
        var command = new Command(
            "convert",
            "Convert a model to the form that runs, so that its first start takes seconds. Interrupted, the same command goes on where it was.");
        var output = new Option<string>("--output")
        {
            HelpName = "FOLDER",
            Description = "Where to put the converted model, with its tokenizer: a folder that can be served without the original. "
                + "Default: only the cache (--cache-dir) has it.",
        };
        command.Options.Add(output);
        AddModelCommand(command, settings, [Model, "dtype", "kv-cache-dtype", "cache-dir"], (result, options) =>
            actions.Convert(options, result.GetValue(output)));
        return command;
    }

    private static Command Inspect(IConfiguration settings, CommandActions actions)
    {
        var command = new Command(
            "inspect",
            "Tell what a model is, layer by layer, the memory that it takes, how many tokens fit into the cache, and what it can be used for.");
        string[] names = [Model, "dtype", "kv-cache-dtype", "max-model-len", "block-size", "num-blocks", "kv-cache-memory"];
        AddModelCommand(command, settings, names, (_, options) => actions.Inspect(options));
        return command;
    }

    /// <summary>A command for one model, which is its argument.</summary>
    private static void AddModelCommand(
        Command command, IConfiguration settings, string[] names, Func<ParseResult, ServerOptions, Task<int>> run)
    {
        var options = OptionTable.All.Where(definition => names.Contains(definition.Name)).ToDictionary(definition => definition.Name, ToOption);
        var model = new Argument<string>(Model)
        {
            Arity = ArgumentArity.ZeroOrOne,
            HelpName = "MODEL",
            Description = "A folder, or a GGUF file; the same as --model.",
        };
        model.Validators.Add(result =>
        {
            // An argument would take an unknown option for a path.
            if (result.Tokens is [var token, ..] && token.Value.StartsWith('-'))
            {
                result.AddError($"Unrecognized command or argument '{token.Value}'.");
            }
        });
        command.Arguments.Add(model);
        AddOptions(command, options);
        command.SetAction((result, _) => run(result, Read(result, options, settings, result.GetValue(model))));
    }

    private static void AddOptions(Command command, Dictionary<string, Option> options)
    {
        foreach (var option in options.Values)
        {
            command.Options.Add(option);
        }
    }

    private static ServerOptions Read(ParseResult result, Dictionary<string, Option> options, IConfiguration settings, string? model = null)
    {
        var given = options
            .Select(entry => (entry.Key, Result: result.GetResult(entry.Value)))
            .Where(entry => entry.Result is { Implicit: false })
            .ToDictionary(entry => entry.Key, IReadOnlyList<string> (entry) => [.. entry.Result!.Tokens.Select(token => token.Value)]);
        if (model is not null)
        {
            given[Model] = [model, .. given.GetValueOrDefault(Model) ?? []];
        }

        return OptionsReader.Read(given, Environment.GetEnvironmentVariable, settings);
    }

    private static Option ToOption(OptionDefinition definition)
    {
        string[] aliases = definition.CommandLineAlias is { } alias && alias != definition.CommandLineName ? [alias] : [];
        Option option = definition.IsRepeatable
            ? new Option<string[]>(definition.CommandLineName, aliases)
            : new Option<string>(definition.CommandLineName, aliases);
        option.Description = definition.Description;
        option.HelpName = definition.ValueName;
        return option;
    }
}
