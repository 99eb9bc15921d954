using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Inference.LoadTest.Commands;

/// <summary>The options that every command has that runs a load, each with what it does to <see cref="RunOptions"/>.</summary>
internal sealed class RunOptionSet
{
    private readonly Option<string?> _scenario = new("--scenario") { Description = "A JSON file of options, with names as here in snake_case. The command line goes first.", HelpName = "FILE" };
    private readonly List<Func<ParseResult, RunOptions, RunOptions>> _apply = [];
    private readonly Command _command;

    /// <param name="command">Gets the options.</param>
    /// <param name="hasLoad">Whether the load is among them: a sweep sets it itself.</param>
    public RunOptionSet(Command command, bool hasLoad = true)
    {
        _command = command;
        command.Add(_scenario);
        AddTarget();
        AddData();
        if (hasLoad)
            AddLoad();
        AddShape();
        AddLimits();
    }

    /// <exception cref="FormatException">A scenario or an option is malformed.</exception>
    public RunOptions Read(ParseResult parse)
    {
        var options = parse.GetValue(_scenario) is { } path ? RunOptions.Read(path) : new RunOptions();
        return _apply.Aggregate(options, (current, apply) => apply(parse, current));
    }

    private void AddTarget()
    {
        Add<string>("--url", "URL", "The server. Default: http://localhost:8080.", (o, v) => o with { Url = v });
        Add<string>("--api", "NAME", "completions (default), chat, responses, lmi (SageMaker's /invocations with inputs and parameters), tgi, or get.", (o, v) => o with { Api = v });
        Add<string>("--path", "PATH", "In place of the API's own path, such as /invocations.", (o, v) => o with { Path = v });
        Add<string>("--model", "NAME", "The model to name. Default: the first that the server lists.", (o, v) => o with { Model = v });
        Add<string>("--api-key", "KEY", "Sent as a bearer token.", (o, v) => o with { ApiKey = v });
        Add<string[]>("--header", "NAME: VALUE", "A header that all requests carry; may be repeated.", (o, v) => o with { Headers = v });
        Add<string>("--extra-body", "JSON", "Properties that all bodies get.", (o, v) => o with { ExtraBody = ParseObject(v) });
        Add<bool>("--stream", "BOOL", "Whether tokens are streamed; without, there is no TTFT. Default: true.", (o, v) => o with { Stream = v });
        Add<bool>("--ignore-eos", "BOOL", "Ask for exactly as many tokens as the request says. Default: true.", (o, v) => o with { IgnoreEos = v });
        Add<double>("--temperature", "T", "Default: 0, greedy.", (o, v) => o with { Temperature = v });
    }

    private void AddData()
    {
        Add<string>("--data", "NAME|FILE", "random (default), mt-bench, or a file of JSON lines with prompt, messages, turns or conversations.", (o, v) => o with { Data = v });
        Add<int>("--input-tokens", "N", "Tokens of a random prompt. Default: 512.", (o, v) => o with { InputTokens = v });
        Add<int>("--output-tokens", "N", "Tokens to generate. Default: 128.", (o, v) => o with { OutputTokens = v });
        Add<double>("--range-ratio", "X", "Lengths are drawn from their value, more or less by this share. Default: 0.", (o, v) => o with { RangeRatio = v });
        Add<int>("--prefix-tokens", "N", "Tokens that random prompts begin with in common. Default: 0.", (o, v) => o with { PrefixTokens = v });
        Add<int>("--prefixes", "N", "How many different such beginnings there are. Default: 1.", (o, v) => o with { Prefixes = v });
        Add<int>("--turns", "N", "Turns of a random conversation. Default: 1.", (o, v) => o with { Turns = v });
        Add<string>("--vocabulary", "FIRST-END", "Token ids of random prompts. Default: 1000-30000.", (o, v) => o with { Vocabulary = v });
        Add<int>("--seed", "N", "Equal seeds, equal loads. Default: 0.", (o, v) => o with { Seed = v });
    }

    private void AddLoad()
    {
        Add<int>("--concurrency", "N", "Closed loop: clients with one request after another. Default: 1.", (o, v) => o with { Concurrency = v });
        Add<string>("--request-rate", "PROFILE", "Open loop, requests per second: 5, or 5:60,10:60 (stages of seconds), or 1-20:120 (a ramp), or inf.", (o, v) => o with { RequestRate = v });
        Add<string>("--trace", "NAME|FILE", "Open loop with a trace's times and lengths: azure, mooncake, or a file of theirs or of this tool's requests.jsonl.", (o, v) => o with { Trace = v });
        Add<double>("--speed", "X", "How much faster than real time a trace is replayed. Default: 1.", (o, v) => o with { Speed = v });
    }

    private void AddShape()
    {
        Add<double>("--ramp-up", "SECONDS", "The time over which a closed loop's clients begin.", (o, v) => o with { RampUp = v });
        Add<string>("--burstiness", "B", "Shape of the gamma distribution between an open loop's arrivals: 1 Poisson, less is burstier, inf a clock. Default: 1.", (o, v) => o with { Burstiness = ParseShape(v) });
        Add<int>("--max-concurrency", "N", "The most requests of an open loop under way; others wait at the client, and that counts.", (o, v) => o with { MaxConcurrency = v });
    }

    private void AddLimits()
    {
        Add<int>("--requests", "N", "How many requests (conversations) are sent.", (o, v) => o with { Requests = v });
        Add<double>("--duration", "SECONDS", "How long requests are sent.", (o, v) => o with { Duration = v });
        Add<double>("--grace", "SECONDS", "How long those under way may go on then. Default: 30.", (o, v) => o with { Grace = v });
        Add<int>("--max-errors", "N", "Stop after so many failures.", (o, v) => o with { MaxErrors = v });
        Add<int>("--warm-up-requests", "N", "Requests that are sent before the run.", (o, v) => o with { WarmUpRequests = v });
        Add<double>("--warm-up", "SECONDS", "The beginning of the run that is not measured.", (o, v) => o with { WarmUp = v });
        Add<double>("--cool-down", "SECONDS", "The end of the run that is not measured.", (o, v) => o with { CoolDown = v });
        Add<double>("--cancel-rate", "SHARE", "The share of requests that the client gives up.", (o, v) => o with { CancelRate = v });
        Add<int>("--cancel-after", "N", "After how many events with output it does. Default: 1.", (o, v) => o with { CancelAfter = v });
        Add<string[]>("--goodput", "LIMIT", "Requests within these are good: ttft:MS, tpot:MS, e2el:MS.", (o, v) => o with { Goodput = v });
        Add<bool>("--scrape-metrics", "BOOL", "Read the server's /metrics during the run.", (o, v) => o with { ScrapeMetrics = v });
        Add<string>("--name", "TEXT", "What reports call the run.", (o, v) => o with { Name = v });
    }

    private void Add<T>(string name, string valueName, string description, Func<RunOptions, T, RunOptions> set)
    {
        var option = new Option<T>(name) { Description = description, HelpName = valueName, AllowMultipleArgumentsPerToken = name == "--goodput" };
        _command.Add(option);
        _apply.Add((parse, options) => parse.GetResult(option) is { Implicit: false } ? set(options, parse.GetValue(option)!) : options);
    }

    private static double ParseShape(string text) =>
        text == "inf" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var shape) ? shape
        : throw new FormatException($"--burstiness {text}: a number above 0, or inf.");

    private static JsonObject ParseObject(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? throw new FormatException($"--extra-body {text}: must be a JSON object.");
        }
        catch (JsonException exception)
        {
            throw new FormatException($"--extra-body {text}: {exception.Message}", exception);
        }
    }
}
