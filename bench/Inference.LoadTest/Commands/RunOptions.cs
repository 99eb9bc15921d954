using System.Text.Json;
using System.Text.Json.Nodes;

namespace Inference.LoadTest.Commands;

/// <summary>
/// What to run, as options of a command line or as a scenario's JSON with the same names in snake_case; the command line goes first.
/// </summary>
internal sealed record RunOptions
{
    public string Url { get; init; } = "http://localhost:8080";

    public string Api { get; init; } = "completions";

    /// <summary>In place of the API's own address.</summary>
    public string? Path { get; init; }

    /// <summary>Null: the first that the server lists.</summary>
    public string? Model { get; init; }

    public string? ApiKey { get; init; }

    /// <summary>Each as Name: value.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    public JsonObject? ExtraBody { get; init; }

    public bool Stream { get; init; } = true;

    public bool IgnoreEos { get; init; } = true;

    public double Temperature { get; init; }

    /// <summary>random, mt-bench, azure, mooncake or a file.</summary>
    public string Data { get; init; } = "random";

    public int? InputTokens { get; init; }

    public int? OutputTokens { get; init; }

    public double RangeRatio { get; init; }

    public int PrefixTokens { get; init; }

    public int Prefixes { get; init; } = 1;

    public int Turns { get; init; } = 1;

    /// <summary>Token ids of random prompts, as FIRST-END.</summary>
    public string Vocabulary { get; init; } = "1000-30000";

    /// <summary>Clients of a closed loop.</summary>
    public int? Concurrency { get; init; }

    /// <summary>A <see cref="Loads.RateProfile"/>: an open loop.</summary>
    public string? RequestRate { get; init; }

    /// <summary>An open loop with a trace's times and sizes.</summary>
    public string? Trace { get; init; }

    public double Speed { get; init; } = 1;

    public double Burstiness { get; init; } = 1;

    public int? MaxConcurrency { get; init; }

    public double RampUp { get; init; }

    public int? Requests { get; init; }

    public double? Duration { get; init; }

    public double Grace { get; init; } = 30;

    public int? MaxErrors { get; init; }

    /// <summary>Requests that are sent before the run and not measured.</summary>
    public int WarmUpRequests { get; init; }

    /// <summary>Seconds of the run, in the beginning and in the end, that are not measured.</summary>
    public double WarmUp { get; init; }

    public double CoolDown { get; init; }

    public double CancelRate { get; init; }

    public int CancelAfter { get; init; } = 1;

    public IReadOnlyList<string> Goodput { get; init; } = [];

    public int Seed { get; init; }

    /// <summary>Whether the server's /metrics are read during the run.</summary>
    public bool ScrapeMetrics { get; init; }

    public string? Name { get; init; }

    /// <summary>Reads a scenario.</summary>
    /// <exception cref="FormatException">It is not as it must be; the message names the file.</exception>
    public static RunOptions Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize<RunOptions>(file, LoadJson.Options) ?? throw new FormatException($"{path}: is null.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"{path}: {exception.Message}", exception);
        }
    }

    /// <exception cref="FormatException">An option is out of its range, or two contradict each other; the message names it.</exception>
    public void Validate()
    {
        Check(new[] { Concurrency is not null, RequestRate is not null, Trace is not null }.Count(given => given) <= 1,
            "--concurrency, --request-rate, --trace: only one of them.");
        Check(Concurrency is null or >= 1, $"--concurrency {Concurrency}: at least 1.");
        Check(MaxConcurrency is null or >= 1, $"--max-concurrency {MaxConcurrency}: at least 1.");
        Check(Requests is null or >= 1, $"--requests {Requests}: at least 1.");
        Check(Duration is null or > 0, $"--duration {Duration}: more than 0.");
        Check(Requests is not null || Duration is not null || Trace is not null, "--requests or --duration: one of them is needed, to end the run.");
        Check(Speed > 0, $"--speed {Speed}: more than 0.");
        Check(Burstiness > 0, $"--burstiness {Burstiness}: more than 0.");
        Check(CancelRate is >= 0 and <= 1, $"--cancel-rate {CancelRate}: from 0 to 1.");
        Check(CancelAfter >= 1, $"--cancel-after {CancelAfter}: at least 1.");
        Check(WarmUp >= 0 && CoolDown >= 0 && Grace >= 0 && RampUp >= 0, "--warm-up, --cool-down, --grace, --ramp-up: not negative.");
        Check(Uri.TryCreate(Url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https", $"--url {Url}: must be http://... or https://...");
    }

    private static void Check(bool isSo, string message)
    {
        if (!isSo)
            throw new FormatException(message);
    }
}
