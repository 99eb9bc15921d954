using Inference.Server.Options;

namespace Inference.Server.Serving;

/// <summary>The model that is served when none is named: shipped in the repository and beside a published executable.</summary>
internal static class DefaultModel
{
    private static readonly string RelativePath = Path.Combine("models", "smollm2-135m-instruct");

    /// <summary>Its folder: below the current directory or one above it, else below the executable's or one above that.</summary>
    /// <exception cref="OptionException">It is nowhere.</exception>
    public static string Find() =>
        FindFrom(Environment.CurrentDirectory)
        ?? FindFrom(AppContext.BaseDirectory)
        ?? throw new OptionException($"--model is not given, and the default model ({RelativePath}) is neither here nor beside the executable");

    private static string? FindFrom(string directory)
    {
        for (var current = new DirectoryInfo(directory); current is not null; current = current.Parent)
        {
            var candidate = Path.Combine(current.FullName, RelativePath);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
