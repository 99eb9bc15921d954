using System.Text.Json;

namespace Inference.FunctionalTests;

/// <summary>Beam search over HTTP.</summary>
public sealed class BeamSearchTests
{
    private const string Completions = "/v1/completions";
    private const string Chat = "/v1/chat/completions";

    [Fact]
    public async Task Completion_BeamSearch_AnswersTheBestTextsAndCountsThem()
    {
        await using var server = await RunningServer.StartAsync();
        const string Common = """{"prompt": "ab", "max_tokens": 6, "ignore_eos": true, "logprobs": 0, """;
        var greedy = await server.AskAsync(Completions, Common + "\"temperature\": 0}");
        var beams = await server.AskAsync(Completions, Common + "\"use_beam_search\": true, \"n\": 3, \"best_of\": 5}");

        var sums = Choices(beams).Select(SumOfLogprobs).ToArray();
        Assert.Equal(3, sums.Length);
        Assert.Equal(sums.OrderDescending(), sums);
        Assert.True(sums[0] >= SumOfLogprobs(Choices(greedy).Single()) - 1e-4);
        Assert.Equal(3, Choices(beams).Select(choice => choice.GetProperty("text").GetString()).Distinct().Count());
        Assert.Equal([0, 1, 2], Choices(beams).Select(choice => choice.GetProperty("index").GetInt32()));
        Assert.All(Choices(beams), choice => Assert.Equal("length", choice.GetProperty("finish_reason").GetString()));
        Assert.Equal(18, beams.GetProperty("usage").GetProperty("completion_tokens").GetInt32());
        Assert.Equal(Alphabet.Tokenizer.Encode("ab").Length, beams.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        await server.IdleAsync();
    }

    [Fact]
    public async Task Completion_SeveralPrompts_EachHasItsBeams()
    {
        await using var server = await RunningServer.StartAsync();
        const string Fields = """ "num_beams": 3, "n": 2, "max_tokens": 4}""";
        var both = await server.AskAsync(Completions, """{"prompt": ["abc", "q"],""" + Fields);
        var first = await server.AskAsync(Completions, """{"prompt": "abc",""" + Fields);
        var second = await server.AskAsync(Completions, """{"prompt": "q",""" + Fields);

        Assert.Equal(Texts(first).Concat(Texts(second)), Texts(both));
    }

    [Theory]
    [InlineData("\"use_beam_search\": true")]
    [InlineData("\"use_beam_search\": true, \"num_beams\": 1")]
    public async Task Completion_WidthOne_IsGreedy(string fields)
    {
        await using var server = await RunningServer.StartAsync();
        var greedy = await server.AskAsync(Completions, """{"prompt": "uv", "temperature": 0}""");
        var beams = await server.AskAsync(Completions, $$"""{"prompt": "uv", {{fields}}}""");

        Assert.Equal(Texts(greedy), Texts(beams));
        Assert.Equal(["wxyz"], Texts(beams));
    }

    [Fact]
    public async Task Chat_StreamOfBeams_HasEachTextWholeWhenAllAreFound()
    {
        await using var server = await RunningServer.StartAsync();
        const string Fields = "\"messages\": [{\"role\": \"user\", \"content\": \"ab\"}], \"num_beams\": 4, \"n\": 2, \"max_tokens\": 5, \"length_penalty\": 0.5, \"early_stopping\": \"never\"";
        var whole = await server.AskAsync(Chat, "{" + Fields + "}");
        var events = await server.StreamAsync(Chat, "{" + Fields + ", \"stream\": true, \"stream_options\": {\"include_usage\": true}}");

        var streamed = new string[2];
        foreach (var choice in events.SelectMany(Choices))
        {
            var delta = choice.GetProperty("delta");
            streamed[choice.GetProperty("index").GetInt32()] += delta.TryGetProperty("content", out var content) ? content.GetString() : "";
        }

        Assert.Equal(Choices(whole).Select(choice => choice.GetProperty("message").GetProperty("content").GetString()), streamed);
        Assert.Equal(
            whole.GetProperty("usage").GetProperty("completion_tokens").GetInt32(),
            events[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32());
    }

    [Theory]
    [InlineData("\"use_beam_search\": false, \"num_beams\": 2", "num_beams")]
    [InlineData("\"num_beams\": 0", "num_beams")]
    [InlineData("\"num_beams\": 129", "num_beams")]
    [InlineData("\"num_beams\": 2, \"n\": 3", "n")]
    [InlineData("\"num_beams\": 2, \"best_of\": 3", "best_of")]
    [InlineData("\"use_beam_search\": true, \"n\": 3, \"best_of\": 2", "n")]
    [InlineData("\"num_beams\": 2, \"temperature\": 0.7", "temperature")]
    [InlineData("\"num_beams\": 2, \"top_p\": 0.7", "top_p")]
    [InlineData("\"num_beams\": 2, \"top_k\": 5", "top_k")]
    [InlineData("\"num_beams\": 2, \"min_p\": 0.1", "min_p")]
    [InlineData("\"num_beams\": 2, \"stop\": \"x\"", "stop")]
    [InlineData("\"num_beams\": 2, \"length_penalty\": 11", "length_penalty")]
    [InlineData("\"num_beams\": 2, \"early_stopping\": \"always\"", "early_stopping")]
    [InlineData("\"num_beams\": 2, \"early_stopping\": 1", "early_stopping")]
    [InlineData("\"length_penalty\": 2", "length_penalty")]
    [InlineData("\"early_stopping\": true", "early_stopping")]
    public async Task Post_WrongFields_IsAnErrorThatNamesTheField(string fields, string param)
    {
        await using var server = await RunningServer.StartAsync();
        using var response = await server.PostAsync(Completions, $$"""{"prompt": "a", {{fields}}}""");

        var body = JsonElement.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(param, body.GetProperty("error").GetProperty("param").GetString());
    }

    [Fact]
    public async Task Post_MoreBeamsThanSequences_Is400()
    {
        await using var server = await RunningServer.StartAsync(options => options with { MaxNumSeqs = 4 });
        using var response = await server.PostAsync(Completions, """{"prompt": "a", "num_beams": 5, "n": 2}""");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Contains("width 5", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Choices(JsonElement answer) => answer.GetProperty("choices").EnumerateArray();

    private static IEnumerable<string?> Texts(JsonElement answer) => Choices(answer).Select(choice => choice.GetProperty("text").GetString());

    private static double SumOfLogprobs(JsonElement choice) =>
        choice.GetProperty("logprobs").GetProperty("token_logprobs").EnumerateArray().Sum(value => value.GetDouble());
}
