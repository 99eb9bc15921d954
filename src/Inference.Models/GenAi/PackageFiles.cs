namespace Inference.Models.GenAi;

/// <summary>Names of files that a package gives.</summary>
internal static class PackageFiles
{
    /// <summary>Whether a relative path stays within the folder that it starts from.</summary>
    public static bool IsWithin(string path) =>
        path.Length > 0
        && !path.Contains('\0', StringComparison.Ordinal)
        && !Path.IsPathRooted(path)
        && path.Split('/', '\\') is var parts
        && parts.All(part => part is not ("" or "." or ".."));
}
