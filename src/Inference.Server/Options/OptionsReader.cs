namespace Inference.Server.Options;

/// <summary>Puts the options together. Precedence: command line, environment, appsettings.json, defaults.</summary>
internal static class OptionsReader
{
    /// <summary>The section of appsettings.json that holds the options.</summary>
    public const string SettingsSection = "Inference";

    /// <summary>Reads each option from the first source that gives it.</summary>
    /// <param name="commandLine">Values given on the command line, by <see cref="OptionDefinition.Name"/>.</param>
    /// <param name="environment">An environment variable's value, or null.</param>
    /// <param name="settings">The host's configuration.</param>
    /// <exception cref="OptionException">A value is wrong, or the section has an unknown option.</exception>
    public static ServerOptions Read(
        IReadOnlyDictionary<string, string> commandLine,
        Func<string, string?> environment,
        IConfiguration settings)
    {
        var section = settings.GetSection(SettingsSection);
        RejectUnknown(section);
        var options = new ServerOptions();
        foreach (var definition in OptionTable.All)
        {
            if (commandLine.TryGetValue(definition.Name, out var text))
            {
                options = Apply(definition, options, text, definition.CommandLineName);
            }
            else if (FromEnvironment(definition.EnvironmentName, environment) is { } variable)
            {
                options = Apply(definition, options, variable, definition.EnvironmentName);
            }
            else if (definition.EnvironmentAlias is { } alias && FromEnvironment(alias, environment) is { } other)
            {
                options = Apply(definition, options, other, alias);
            }
            else if (FromSettings(section.GetSection(definition.SettingsName)) is { } setting)
            {
                options = Apply(definition, options, setting, $"{SettingsSection}:{definition.SettingsName}");
            }
        }

        return CheckTogether(options);
    }

    private static ServerOptions Apply(OptionDefinition definition, ServerOptions options, string text, string source)
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

    // Kubernetes sets INFERENCE_PORT=tcp://10.0.0.1:80 in every pod beside a service called "inference": that is not meant for us.
    private static string? FromEnvironment(string name, Func<string, string?> environment) =>
        environment(name) is { Length: > 0 } value && !value.StartsWith("tcp://", StringComparison.Ordinal)
            ? value
            : null;

    // An array in appsettings.json arrives as children.
    private static string? FromSettings(IConfigurationSection section) =>
        section.Value ?? (section.GetChildren().Any() ? string.Join(',', section.GetChildren().Select(child => child.Value)) : null);

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

    private static ServerOptions CheckTogether(ServerOptions options)
    {
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
