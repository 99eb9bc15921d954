using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Inference.FunctionalTests;

/// <summary>The built executable in a process of its own. Disposing of it kills it, if it still runs.</summary>
internal sealed partial class ServerExecutable : IDisposable
{
    private readonly Process _process;
    private readonly DirectoryInfo _data;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerExecutable(Process process, DirectoryInfo data) => (_process, _data) = (process, data);

    /// <summary>Its process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What it has written to standard output.</summary>
    public IReadOnlyList<string> Output => [.. _output];

    /// <summary>What it has written to standard error.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Starts it with an environment that has no option of ours in it.</summary>
    public static ServerExecutable Start(IEnumerable<string> arguments, IEnumerable<(string Name, string Value)>? environment = null, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "inference"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workingDirectory ?? AppContext.BaseDirectory,
        };
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("INFERENCE_", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        // A data folder of its own, unless a test says which: servers that run at the same time cannot share one.
        var data = Directory.CreateTempSubdirectory();
        start.Environment["XDG_DATA_HOME"] = data.FullName;
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        var server = new ServerExecutable(new Process { StartInfo = start }, data);
        server.Run();
        return server;
    }

    /// <summary>Waits until it serves.</summary>
    public async Task<Uri> ReadyAsync()
    {
        var exited = _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        var first = await Task.WhenAny(_address.Task, exited);
        Assert.True(first == _address.Task, $"The server ended: {string.Join('\n', Errors)}");
        return await _address.Task;
    }

    /// <summary>Asks it to stop, as a shell or a container engine does.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
        _data.Delete(recursive: true);
    }

    private void Run()
    {
        _process.OutputDataReceived += (_, line) => Collect(line.Data, _output);
        _process.ErrorDataReceived += (_, line) => Collect(line.Data, _errors);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private void Collect(string? line, ConcurrentQueue<string> lines)
    {
        if (line is null)
        {
            return;
        }

        lines.Enqueue(line);
        if (ReadyLine().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    // The last line of the message: everything before it has been collected by then.
    [GeneratedRegex("^curl -N (http://[^/]+)")]
    private static partial Regex ReadyLine();
}
