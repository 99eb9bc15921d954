using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.LoadTest.Apis;
using Inference.LoadTest.Data;
using Inference.LoadTest.Http;
using Inference.LoadTest.Loads;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Runs;
using Inference.Traces;

namespace Inference.LoadTest.Commands;

/// <summary>Runs what <see cref="RunOptions"/> say.</summary>
internal sealed class LoadSession(RunOptions options, TimeProvider time)
{
    private const int WarmUpIndex = 1 << 28;

    /// <summary>What can be told while it runs.</summary>
    public LiveStatistics Live { get; } = new();

    /// <summary>What the options come to, asking the server for what they leave open.</summary>
    /// <exception cref="FormatException">An option is wrong.</exception>
    public async Task<(RunSummary Summary, IReadOnlyList<RequestRecord> Records)> RunAsync(CancellationToken interrupt)
    {
        options.Validate();
        var slo = options.Goodput.Count > 0 ? Slo.Parse(options.Goodput) : null;
        var format = ApiFormat.Of(options.Api);
        var trace = options.Trace is { } path ? TraceFile.Read(Committed(path)) : null;
        var data = DataSet(format, trace);
        var load = Load(trace);
        var endpoint = EndpointOf(format, await ModelAsync(format, interrupt));
        await ClientWarmUp.RunAsync(endpoint);
        if (options.WarmUpRequests > 0)
            await WarmUpAsync(endpoint, data, interrupt);

        var clock = new RunClock(time);
        using var http = Connections.Create(clock);
        await using var scrape = options.ScrapeMetrics ? new MetricsScrape(new Uri(new Uri(options.Url), "/metrics"), time) : null;
        var cpu = Environment.CpuUsage.TotalTime;
        var records = await LoadRun.RunAsync(new LoadClient(http, endpoint, clock, Live), clock, data, load, Plan(trace), interrupt);
        var summary = Summarizer.Summarize(records, Describe(slo, clock) with
        {
            ClientCpuSeconds = (Environment.CpuUsage.TotalTime - cpu).TotalSeconds,
            ServerMetrics = scrape is null ? null : await scrape.EndAsync(),
        });
        return (summary, records);
    }

    /// <summary>A file of this tool's own, by its short name, or any other path.</summary>
    internal static string Committed(string path) => path switch
    {
        "azure" => Beside("azure_conversation_2023.csv.gz"),
        "mooncake" => Beside("mooncake_synthetic.jsonl.gz"),
        "mt-bench" => Beside("mt_bench_question.jsonl.gz"),
        _ => path,
    };

    private static string Beside(string name) => Path.Combine(AppContext.BaseDirectory, "traces", name);

    private RunPlan Plan(IReadOnlyList<TraceRequest>? trace) => new()
    {
        Requests = options.Requests ?? trace?.Count,
        Duration = options.Duration is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Grace = TimeSpan.FromSeconds(options.Grace),
        MaxErrors = options.MaxErrors,
        CancelRate = options.CancelRate,
        CancelAfter = options.CancelAfter,
        Seed = options.Seed,
    };

    private RunDescription Describe(Slo? slo, RunClock clock) => new()
    {
        Name = options.Name ?? $"{options.Api} {LoadName}",
        StartedAt = clock.StartedAt,
        Settings = Settings(),
        Concurrency = IsClosed ? options.Concurrency ?? 1 : null,
        RequestRate = double.TryParse(options.RequestRate, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var rate) ? rate : null,
        QueuesAtClient = options.MaxConcurrency is not null,
        PromptsAreNew = options is { Data: "random", Trace: null, PrefixTokens: 0, Turns: 1 },
        Slo = slo,
        WarmUp = TimeSpan.FromSeconds(options.WarmUp),
        CoolDown = TimeSpan.FromSeconds(options.CoolDown),
    };

    private bool IsClosed => options.RequestRate is null && options.Trace is null;

    private string LoadName => options.RequestRate is { } rate ? $"at {rate}/s" : options.Trace is { } trace ? $"replaying {trace}" : $"x {options.Concurrency ?? 1}";

    /// <summary>The options that are not the default, but for secrets.</summary>
    private Dictionary<string, string> Settings()
    {
        var defaults = JsonSerializer.SerializeToNode(new RunOptions(), LoadJson.Options)!.AsObject();
        var given = JsonSerializer.SerializeToNode(options with { ApiKey = null, Headers = [] }, LoadJson.Options)!.AsObject();
        return given.Where(option => !JsonNode.DeepEquals(option.Value, defaults[option.Key]))
            .ToDictionary(option => option.Key, option => option.Value is JsonArray list ? string.Join(' ', list) : $"{option.Value}");
    }

    private IDataSet DataSet(ApiFormat format, IReadOnlyList<TraceRequest>? trace)
    {
        var random = new RandomDataOptions
        {
            InputTokens = options.InputTokens ?? 512,
            OutputTokens = options.OutputTokens ?? 128,
            RangeRatio = options.RangeRatio,
            PrefixTokens = options.PrefixTokens,
            Prefixes = options.Prefixes,
            Turns = options.Turns,
            Vocabulary = ParseVocabulary(options.Vocabulary),
            AsTokenIds = format.TakesTokenIds,
            Seed = options.Seed,
        };
        if (trace is not null)
            return new TraceData(trace, random);
        return options.Data == "random" ? new RandomData(random) : FileData.Read(Committed(options.Data), options.OutputTokens ?? 0);
    }

    private ILoad Load(IReadOnlyList<TraceRequest>? trace)
    {
        if (trace is not null)
            return new OpenLoad(trace.Select(request => request.Arrival / options.Speed), options.MaxConcurrency);
        return options.RequestRate is { } rate
            ? new OpenLoad(Arrivals.Of(RateProfile.Parse(rate), options.Burstiness, options.Seed), options.MaxConcurrency)
            : new ClosedLoad(options.Concurrency ?? 1, TimeSpan.FromSeconds(options.RampUp));
    }

    private Endpoint EndpointOf(ApiFormat format, string? model) => new(
        new Uri(new Uri(options.Url), options.Path ?? format.DefaultPath(options.Stream)),
        format,
        new GenerationOptions(model, options.Stream, options.IgnoreEos, options.Temperature),
        RequestHeaders(),
        options.ExtraBody);

    private List<KeyValuePair<string, string>> RequestHeaders()
    {
        var headers = options.Headers.Select(header => header.Split(':', 2) is [var name, var value]
            ? KeyValuePair.Create(name.Trim(), value.Trim())
            : throw new FormatException($"--header {header}: a header is NAME: VALUE.")).ToList();
        if (options.ApiKey is { } key)
            headers.Add(KeyValuePair.Create("Authorization", $"Bearer {key}"));
        return headers;
    }

    private async Task WarmUpAsync(Endpoint endpoint, IDataSet data, CancellationToken interrupt)
    {
        var clock = new RunClock(time);
        using var http = Connections.Create(clock);
        var plan = new RunPlan { Requests = options.WarmUpRequests, FirstIndex = WarmUpIndex };
        await LoadRun.RunAsync(
            new LoadClient(http, endpoint, clock, new LiveStatistics()), clock, data, new ClosedLoad(options.Concurrency ?? options.WarmUpRequests), plan, interrupt);
    }

    /// <summary>The model to name, from the server's list if it has one.</summary>
    private async Task<string?> ModelAsync(ApiFormat format, CancellationToken cancellation)
    {
        if (options.Model is not null || format is GetFormat or GenerateFormat)
            return options.Model;

        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(options.Url), "/v1/models"));
        foreach (var (name, value) in RequestHeaders())
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request, cancellation);
        if (!response.IsSuccessStatusCode)
            return null;
        using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellation));
        return document.RootElement.TryFirst("data"u8, out var model) && model.TryGet("id"u8, out var id) ? id.GetString() : null;
    }

    private static (int First, int End) ParseVocabulary(string text) =>
        text.Split('-') is [var first, var end] && int.TryParse(first, out var a) && int.TryParse(end, out var b)
            ? (a, b)
            : throw new FormatException($"--vocabulary {text}: token ids are given as FIRST-END.");
}
