namespace Inference.Server.Options;

/// <summary>One option, under its three names, and how its text becomes a value.</summary>
/// <param name="Name">On the command line, without dashes in front: "max-model-len".</param>
/// <param name="ValueName">What stands for the value in the help.</param>
/// <param name="Description">One sentence for the help.</param>
/// <param name="Apply">Returns the options with this one set; throws <see cref="FormatException"/> saying what the value must be.</param>
internal sealed record OptionDefinition(
    string Name,
    string ValueName,
    string Description,
    Func<ServerOptions, string, ServerOptions> Apply)
{
    /// <summary>The name in Large Model Inference containers, or in vLLM, which is accepted as well: "max_rolling_batch_size".</summary>
    public string? LmiName { get; init; }

    /// <summary>
    /// Whether it can be given several times, each applied in turn: on the command line again, in the environment with ';' between values, in
    /// appsettings.json as a list.
    /// </summary>
    public bool IsRepeatable { get; init; }

    /// <summary>On the command line: "--max-model-len".</summary>
    public string CommandLineName { get; } = "--" + Name;

    /// <summary>The other name on the command line: "--max-rolling-batch-size".</summary>
    public string? CommandLineAlias => LmiName is null ? null : "--" + LmiName.Replace('_', '-');

    /// <summary>The other name in the environment: "OPTION_MAX_ROLLING_BATCH_SIZE".</summary>
    public string? EnvironmentAlias => LmiName is null ? null : "OPTION_" + LmiName.ToUpperInvariant();

    /// <summary>In the environment: "INFERENCE_MAX_MODEL_LEN".</summary>
    public string EnvironmentName { get; } = "INFERENCE_" + Name.Replace('-', '_').ToUpperInvariant();

    /// <summary>In the section "Inference" of appsettings.json: "MaxModelLen".</summary>
    public string SettingsName { get; } =
        string.Concat(Name.Split('-').Select(word => string.Concat(char.ToUpperInvariant(word[0]).ToString(), word.AsSpan(1))));
}
