using System.Text.Json;
using Inference.Engine.Speculation;

namespace Inference.FunctionalTests;

/// <summary>Proposed tokens over HTTP: the answers are the same, in fewer steps. "Z" is followed by the alphabet, over and over.</summary>
public sealed class SpeculationTests
{
    private const string Completions = "/v1/completions";
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

    [Fact]
    public async Task Completion_RepeatsItself_TakesFewerStepsAndIsCounted()
    {
        await using var server = await StartAsync(enableDebug: true);
        var answer = await server.AskAsync(Completions, """{"prompt": "Z", "max_tokens": 60, "temperature": 0, "logprobs": 1}""");

        Assert.Equal(Letters + Letters + Letters[..8], answer.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(60, answer.GetProperty("choices")[0].GetProperty("logprobs").GetProperty("tokens").GetArrayLength());
        Assert.Equal(60, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());

        // From the second round on everything proposed is right.
        var drafts = server.Executor.Plans.Select(plan => plan.LogitsRows - 1).Where(rows => rows > 0).ToArray();
        Assert.Equal(60 - drafts.Sum(), server.Executor.Plans.Count);
        Assert.InRange(server.Executor.Plans.Count, 26, 40);
        var metrics = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        Assert.Matches($"vllm:spec_decode_num_drafts_total\\{{[^}}]*\\}} {drafts.Length}\n", metrics);
        Assert.Matches($"vllm:spec_decode_num_draft_tokens_total\\{{[^}}]*\\}} {drafts.Sum()}\n", metrics);
        Assert.Matches($"vllm:spec_decode_num_accepted_tokens_total\\{{[^}}]*\\}} {drafts.Sum()}\n", metrics);
        Assert.Matches($"vllm:spec_decode_num_accepted_tokens_per_pos_total\\{{[^}}]*position=\"0\"[^}}]*\\}} {drafts.Length}\n", metrics);

        var report = JsonElement.Parse(await server.Client.GetStringAsync("/debug/engine", TestContext.Current.CancellationToken));
        var shares = report.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("sequences")[0]).ToArray();
        Assert.Equal(drafts.Sum(), shares.Sum(share => share.GetProperty("draft_tokens").GetInt32()));
        Assert.Equal(drafts.Sum(), shares.Sum(share => share.GetProperty("accepted_tokens").GetInt32()));
    }

    [Theory]
    [InlineData("\"stop\": \"ZABCD\"", 25, 30)]
    [InlineData("\"stop\": [\"ZZ\", \"YZAB\"]", 24, 28)]
    [InlineData("\"stop\": \"C\", \"min_tokens\": 28", 28, 29)]
    public async Task StopString_InsideAProposal_EndsTheTextThere(string fields, int letters, int tokens)
    {
        await using var server = await StartAsync();
        var answer = await server.AskAsync(Completions, $$"""{"prompt": "Z", "max_tokens": 60, "temperature": 0, {{fields}}}""");

        Assert.Equal((Letters + Letters)[..letters], answer.GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.Equal(tokens, answer.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        await server.IdleAsync();
    }

    [Fact]
    public async Task Stream_SeveralTokensAStep_HasThemAllInOrder()
    {
        await using var server = await StartAsync();
        var events = await server.StreamAsync(Completions, """{"prompt": "Z", "max_tokens": 78, "temperature": 0, "stream": true}""");

        Assert.Equal(Letters + Letters + Letters, string.Concat(events.Select(e => e.GetProperty("choices")[0].GetProperty("text").GetString())));
        Assert.Equal("length", events[^1].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        await server.IdleAsync();
    }

    [Fact]
    public async Task Completion_SampledWithASeed_IsTheSameAsWithoutProposals()
    {
        const string Body = """{"prompt": "Z", "max_tokens": 120, "temperature": 0.35, "seed": 7, "ignore_eos": true, "presence_penalty": 0.1}""";
        await using var plain = await RunningServer.StartAsync();
        await using var speculating = await StartAsync();

        var expected = (await plain.AskAsync(Completions, Body)).GetProperty("choices")[0].GetProperty("text").GetString();
        Assert.Equal(expected, (await speculating.AskAsync(Completions, Body)).GetProperty("choices")[0].GetProperty("text").GetString());
        Assert.True(speculating.Executor.Plans.Count < plain.Executor.Plans.Count - 20);
    }

    private static Task<RunningServer> StartAsync(bool enableDebug = false) => RunningServer.StartAsync(options => options with
    {
        Speculation = new SpeculationOptions(),
        EnableDebugEndpoints = enableDebug,
    });
}
