namespace Inference.Tokenization.Tests;

/// <summary>Finds the repository's own data, from wherever the tests were built to.</summary>
internal static class RepositoryFiles
{
    private static readonly string Root = FindRoot();

    public static string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Inference.sln")))
                return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not lie within the repository.");
    }
}
