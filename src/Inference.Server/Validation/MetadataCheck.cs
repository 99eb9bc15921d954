using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>Checks the field metadata, which is told back. Pure.</summary>
internal static class MetadataCheck
{
    private const int MaxPairs = 16;
    private const int MaxKeyLength = 64;
    private const int MaxValueLength = 512;

    /// <summary>Refuses what is too much.</summary>
    /// <exception cref="ApiException">400.</exception>
    public static void Check(Dictionary<string, string?>? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        if (metadata.Count > MaxPairs)
        {
            throw ApiErrors.Invalid("metadata", $"'metadata' may have at most {MaxPairs} pairs.");
        }

        if (metadata.Any(pair => pair.Key.Length > MaxKeyLength || pair.Value is null or { Length: > MaxValueLength }))
        {
            throw ApiErrors.Invalid("metadata", $"'metadata' must have keys of at most {MaxKeyLength} characters and texts of at most {MaxValueLength}.");
        }
    }
}
