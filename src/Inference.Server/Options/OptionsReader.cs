namespace Inference.Server.Options;

/// <summary>Puts the options together. Precedence: command line, environment, appsettings.json, defaults.</summary>
internal static class OptionsReader
{
    /// <summary>The section of appsettings.json that holds the options.</summary>
    public const string SettingsSection = "Inference";

    /// <summary>Reads each option from the first source that gives it.</summary>
    /// <param name="commandLine">Values given on the command line, by <see cref="OptionDefinition.Name"/>; several only for one that is repeatable.</param>
    /// <param name="environment">An environment variable's value, or null.</param>
    /// <param name="settings">The host's configuration.</param>
    /// <exception cref="OptionException">A value is wrong, or the section has an unknown option.</exception>
    public static ServerOptions Read(
        IReadOnlyDictionary<string, IReadOnlyList<string>> commandLine,
        Func<string, string?> environment,
        IConfiguration settings)
    {
        var section = settings.GetSection(SettingsSection);
        RejectUnknown(section);
        var options = new ServerOptions();
        foreach (var definition in OptionTable.All)
        {
            if (commandLine.TryGetValue(definition.Name, out var given))
            {
                options = Apply(definition, options, given, definition.CommandLineName);
            }
            else if (FromEnvironment(definition.EnvironmentName, environment) is { } variable)
            {
                options = Apply(definition, options, Several(definition, variable), definition.EnvironmentName);
            }
            else if (definition.EnvironmentAlias is { } alias && FromEnvironment(alias, environment) is { } other)
            {
                options = Apply(definition, options, [other], alias);
            }
            else if (FromSettings(definition, section.GetSection(definition.SettingsName)) is { } setting)
            {
                options = Apply(definition, options, setting, $"{SettingsSection}:{definition.SettingsName}");
            }
        }

        // What each model asks for is looked at now, before any of them is loaded.
        ModelOptions.Each(CheckTogether(options));
        return options;
    }

    /// <summary>The options with one more of them set.</summary>
    /// <param name="definition">Which.</param>
    /// <param name="options">The options so far.</param>
    /// <param name="text">Its value.</param>
    /// <param name="source">Where the value comes from, for the message.</param>
    /// <exception cref="OptionException">The value is wrong.</exception>
    public static ServerOptions Apply(OptionDefinition definition, ServerOptions options, string text, string source)
    {
        try
        {
            return definition.Apply(options, text);
        }
        catch (FormatException exception)
        {
            // A key must not end up in a log because of a stray comma.
            var shown = definition.Name == "api-key" ? "" : $" '{OneLine(text)}'";
            throw new OptionException($"{source}{shown}: {exception.Message}");
        }
    }

    private static ServerOptions Apply(OptionDefinition definition, ServerOptions options, IReadOnlyList<string> texts, string source) =>
        texts.Aggregate(options, (applied, text) => Apply(definition, applied, text, source));

    private static string[] Several(OptionDefinition definition, string text) =>
        definition.IsRepeatable ? text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [text];

    // Kubernetes sets INFERENCE_PORT=tcp://10.0.0.1:80 in every pod beside a service called "inference": that is not meant for us.
    private static string? FromEnvironment(string name, Func<string, string?> environment) =>
        environment(name) is { Length: > 0 } value && !value.StartsWith("tcp://", StringComparison.Ordinal)
            ? value
            : null;

    // An array in appsettings.json arrives as children.
    private static string[]? FromSettings(OptionDefinition definition, IConfigurationSection section)
    {
        if (section.Value is { } value)
        {
            return Several(definition, value);
        }

        string[] items = [.. section.GetChildren().Select(child => child.Value ?? "")];
        return items.Length == 0 ? null : definition.IsRepeatable ? items : [string.Join(',', items)];
    }

    private static void RejectUnknown(IConfigurationSection section)
    {
        foreach (var child in section.GetChildren())
        {
            if (!OptionTable.All.Any(definition => definition.SettingsName.Equals(child.Key, StringComparison.OrdinalIgnoreCase)))
            {
                throw new OptionException($"{SettingsSection}:{OneLine(child.Key)} is not an option; see --help");
            }
        }
    }

    /// <summary>The same options, whose values suit one another.</summary>
    /// <exception cref="OptionException">They do not.</exception>
    public static ServerOptions CheckTogether(ServerOptions options)
    {
        if (!options.ServedModelNames.IsEmpty && (options.Models.Length > 1 || options.Models.Any(model => model.Name is not null)))
        {
            throw new OptionException("--served-model-name: names are given with --model NAME=PATH where there are several models, or one has such a name");
        }

        if (!options.Loras.IsEmpty && options.Models.Length > 1)
        {
            throw new OptionException("--lora: where there are several models, an adapter is given with its own: --model NAME=PATH,lora=NAME=PATH");
        }

        if (options.Loras.Length > options.MaxLoras)
        {
            throw new OptionException($"--lora: {options.Loras.Length} adapters are given; --max-loras is {options.MaxLoras}");
        }

        if (options.MaxNumBatchedTokens < options.MaxNumSeqs)
        {
            throw new OptionException(
                $"--max-num-batched-tokens {options.MaxNumBatchedTokens}: must be at least --max-num-seqs ({options.MaxNumSeqs})");
        }

        if (!options.ApiKeyWeights.IsEmpty && options.ApiKeyWeights.Length != options.ApiKeys.Length)
        {
            throw new OptionException(
                $"--api-key-weights: {options.ApiKeyWeights.Length} weights for {options.ApiKeys.Length} keys; there must be one for each of --api-key");
        }

        return options;
    }

    private static string OneLine(string text)
    {
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= 100 ? line : line[..100] + "…";
    }
}
