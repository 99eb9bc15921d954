using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Inference.Server.Options;

/// <summary>One value of --model: <c>PATH</c>, <c>NAME=PATH</c>, and behind either <c>,OPTION=VALUE</c> for options of this model alone.</summary>
/// <param name="Name">The name in requests; null for the name of the folder.</param>
/// <param name="Path">The folder or file.</param>
/// <param name="Overrides">The model's own options, by <see cref="OptionDefinition.Name"/>, in the order in which they are written.</param>
internal sealed partial record ModelArgument(string? Name, string Path, ImmutableArray<(string Option, string Value)> Overrides)
{
    /// <summary>Takes a value apart. A path that begins with '/', '.' or '~' may have any '=' in it.</summary>
    /// <exception cref="FormatException">There is no path, or an empty name.</exception>
    public static ModelArgument Parse(string text)
    {
        // Values may hold commas (JSON does): only a comma before a name and '=' begins another option.
        var parts = OptionStart().Split(text);
        var (name, path) = NameAndPath(parts[0].Trim());
        var overrides = parts.Skip(1).Select(part => part.Split('=', 2)).Select(pair => (pair[0], pair[1]));
        return string.IsNullOrWhiteSpace(path) || name is { Length: 0 }
            ? throw new FormatException("must be PATH or NAME=PATH, and not empty")
            : new ModelArgument(name, path, [.. overrides]);
    }

    private static (string? Name, string Path) NameAndPath(string text)
    {
        var split = text.IndexOf('=', StringComparison.Ordinal);
        return split < 0 || text[0] is '/' or '.' or '~' ? (null, text) : (text[..split].TrimEnd(), text[(split + 1)..].TrimStart());
    }

    [GeneratedRegex(",(?=[a-z][a-z-]*=)")]
    private static partial Regex OptionStart();
}
