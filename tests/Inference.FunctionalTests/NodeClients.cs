using System.Diagnostics;
using Inference.Testing;

namespace Inference.FunctionalTests;

/// <summary>The folder tests/clients with its locked packages installed, once.</summary>
public sealed class NodeClients : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "tests", "clients");

    public async ValueTask InitializeAsync()
    {
        var installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
        if (!File.Exists(installed) || File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            await RunProcessAsync("npm", "ci", "--ignore-scripts");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a script with node and returns what it printed.</summary>
    public static Task<string> RunAsync(string script, params string[] arguments) => RunProcessAsync("node", [script, .. arguments]);

    private static async Task<string> RunProcessAsync(string fileName, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(fileName, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var cancellationToken = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        Assert.True(process.ExitCode == 0, $"{fileName} {string.Join(' ', arguments)}: {await error}{await output}");
        return await output;
    }
}
