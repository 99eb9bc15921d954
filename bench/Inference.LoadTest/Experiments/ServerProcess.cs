using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Inference.LoadTest.Http;

namespace Inference.LoadTest.Experiments;

/// <summary>A server that was started to be measured, on a free port of this machine.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(5);

    private readonly Process _process;

    private ServerProcess(ServerSetting setting, Process process, Uri address) => (Setting, _process, Address) = (setting, process, address);

    public ServerSetting Setting { get; }

    public Uri Address { get; }

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <exception cref="IOException">It ended, or did not become ready.</exception>
    public static async Task<ServerProcess> StartAsync(string command, IEnumerable<string> arguments, ServerSetting setting, CancellationToken cancellation)
    {
        var port = FreePort();
        var start = new ProcessStartInfo(command) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments.Concat(setting.Arguments).Concat(["--host", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)]))
            start.ArgumentList.Add(argument);
        InlineCompletions.LeaveOut(start);
        var process = Process.Start(start)!;
        var errors = new List<string>();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) => errors.Add(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        var server = new ServerProcess(setting, process, new Uri($"http://127.0.0.1:{port}"));
        try
        {
            await server.ReadyAsync(cancellation);
            return server;
        }
        catch (Exception exception)
        {
            await server.DisposeAsync();
            throw new IOException($"{setting.Name}: {exception.Message} {string.Join(' ', errors.TakeLast(5))}", exception);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadyAsync(CancellationToken cancellation)
    {
        using var http = new HttpClient { BaseAddress = Address };
        var start = Stopwatch.GetTimestamp();
        while (!_process.HasExited && Stopwatch.GetElapsedTime(start) < StartLimit)
        {
            try
            {
                using var response = await http.GetAsync("/ready", cancellation);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(200, cancellation);
        }

        throw new IOException(_process.HasExited ? $"the server ended with {_process.ExitCode}." : "the server did not become ready.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
