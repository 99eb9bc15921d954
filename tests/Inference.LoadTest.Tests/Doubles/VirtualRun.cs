using Inference.LoadTest.Apis;
using Inference.LoadTest.Data;
using Inference.LoadTest.Http;
using Inference.LoadTest.Loads;
using Inference.LoadTest.Measures;
using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Tests.Doubles;

/// <summary>The whole harness against a <see cref="KnownAnswerServer"/>, in virtual time.</summary>
internal sealed record VirtualRun(IReadOnlyList<RequestRecord> Records, RunSummary Summary, KnownAnswerServer Server)
{
    public static VirtualRun Of(
        Func<int, ScriptedAnswer> answer,
        ILoad load,
        RunPlan plan,
        ApiFormat? api = null,
        IDataSet? data = null,
        GenerationOptions? generation = null,
        Func<RunDescription, RunDescription>? describe = null)
    {
        var time = new VirtualTime();
        var server = new KnownAnswerServer(time, answer);
        var clock = new RunClock(time);
        using var http = new HttpMessageInvoker(server);
        api ??= new CompletionsFormat();
        generation ??= new GenerationOptions("m");
        var endpoint = new Endpoint(new Uri("http://server" + api.DefaultPath(generation.Stream)), api, generation, []);
        var client = new LoadClient(http, endpoint, clock, new LiveStatistics());
        data ??= new RandomData(new RandomDataOptions { InputTokens = 32, OutputTokens = 10, AsTokenIds = api.TakesTokenIds });
        var records = time.Run(() => LoadRun.RunAsync(client, clock, data, load, plan, CancellationToken.None));
        var description = new RunDescription { Name = "test" };
        return new VirtualRun(records, Summarizer.Summarize(records, describe?.Invoke(description) ?? description), server);
    }
}
