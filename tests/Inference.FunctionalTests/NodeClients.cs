using System.Diagnostics;
using Inference.Testing;

namespace Inference.FunctionalTests;

/// <summary>The folder tests/clients with its locked packages installed: once, however many classes ask for it at the same time.</summary>
public sealed class NodeClients : IAsyncLifetime
{
    private static readonly string Folder = Path.Combine(RepositoryFiles.Root, "tests", "clients");

    private static readonly Lazy<Task> Installation = new(InstallAsync);

    public async ValueTask InitializeAsync() => await Installation.Value;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Runs a script with node and returns what it printed.</summary>
    public static Task<string> RunAsync(string script, params string[] arguments) =>
        RunProcessAsync("node", [script, .. arguments], TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);

    private static async Task InstallAsync()
    {
        var installed = Path.Combine(Folder, "node_modules", ".package-lock.json");
        if (!File.Exists(installed) || File.GetLastWriteTimeUtc(installed) < File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json")))
        {
            // Not the token of the test that happens to ask first.
            await RunProcessAsync("npm", ["ci", "--ignore-scripts"], TimeSpan.FromMinutes(9), CancellationToken.None);
        }
    }

    private static async Task<string> RunProcessAsync(string fileName, string[] arguments, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(fileName, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var command = $"{fileName} {string.Join(' ', arguments)}";
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(limit, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{command} was ended, {limit} or the test's own limit being over: {await error}{await output}");
        }

        Assert.True(process.ExitCode == 0, $"{command}: {await error}{await output}");
        return await output;
    }
}
