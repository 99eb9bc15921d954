using System.Text.Json;
using Inference.Protocol.OpenAi;

namespace Inference.Protocol.Tests.OpenAi;

public sealed class CompletionRequestTests
{
    [Fact]
    public void Read_AllFields_AreTaken()
    {
        var request = Read("""
            {
              "model": "m", "prompt": "p", "n": 2, "stream": true, "stream_options": {"include_usage": true, "continuous_usage_stats": true},
              "max_tokens": 3, "min_tokens": 1, "temperature": 0.5, "top_p": 0.9, "top_k": 40, "min_p": 0.1, "seed": -5,
              "repetition_penalty": 1.1, "presence_penalty": 0.2, "frequency_penalty": 0.3, "logit_bias": {"7": -100},
              "stop": ["a", "b"], "stop_token_ids": [1, 2], "ignore_eos": true, "include_stop_str_in_output": true,
              "skip_special_tokens": false, "add_special_tokens": false, "logprobs": 2, "user": "u", "no_such_field": {"x": [1]}
            }
            """);

        Assert.Equal(("m", 2, true, 3, 1), (request.Model, request.N, request.Stream, request.MaxTokens, request.MinTokens));
        Assert.Equal((true, true), (request.StreamOptions!.IncludeUsage, request.StreamOptions.ContinuousUsageStats));
        Assert.Equal((0.5, 0.9, 40, 0.1, -5L), (request.Temperature, request.TopP, request.TopK, request.MinP, request.Seed));
        Assert.Equal((1.1, 0.2, 0.3), (request.RepetitionPenalty, request.PresencePenalty, request.FrequencyPenalty));
        Assert.Equal([new("7", -100)], request.LogitBias!.Values);
        Assert.Equal(["a", "b"], request.Stop!.Values);
        Assert.Equal([1, 2], request.StopTokenIds!);
        Assert.Equal((true, true, false, false), (request.IgnoreEos, request.IncludeStopStrInOutput, request.SkipSpecialTokens, request.AddSpecialTokens));
        Assert.Equal(2, request.Logprobs);
    }

    [Fact]
    public void Read_Nulls_MeanNotSent()
    {
        var request = Read("""{"prompt": null, "stop": null, "temperature": null, "logit_bias": null, "stream": null, "response_format": null}""");

        Assert.Equal(new CompletionRequest(), request);
    }

    [Theory]
    [InlineData("\"a\"", new[] { "a" })]
    [InlineData("[\"a\", \"b\"]", new[] { "a", "b" })]
    [InlineData("[]", new string[0])]
    public void Prompt_Texts_KeepTheirOrder(string prompt, string[] expected)
    {
        var items = Read($"{{\"prompt\": {prompt}}}").Prompt!.Items;

        Assert.Equal(expected, items.Select(item => Assert.Single(item.Parts).Text));
    }

    [Theory]
    [InlineData("[1, 2]", "1 2")]
    [InlineData("[[1, 2], [3]]", "1 2|3")]
    [InlineData("[[]]", "")]
    [InlineData("[1, 2, \"a\", 3]", "1 2 a 3")]
    [InlineData("[\"a\", 1, \"b\"]", "a 1 b")]
    [InlineData("[\"a\", [1, 2], \"b\", [3, \"c\"]]", "a|1 2|b|3 c")]
    public void Prompt_TokenIds_KeepTheirOrder(string prompt, string expected)
    {
        var items = Read($"{{\"prompt\": {prompt}}}").Prompt!.Items;

        Assert.Equal(expected, string.Join('|', items.Select(item => string.Join(' ', item.Parts.Select(part => part.Text ?? string.Join(' ', part.TokenIds!))))));
    }

    [Theory]
    [InlineData("{\"7\": -100, \"x\": 2.5}", "7=-100 x=2.5")]
    [InlineData("[[7, -100], [8, 1]]", "7=-100 8=1")]
    [InlineData("[]", "")]
    public void LogitBias_BothForms_KeepKeysAndValues(string bias, string expected)
    {
        var values = Read($"{{\"logit_bias\": {bias}}}").LogitBias!.Values;

        Assert.Equal(expected, string.Join(' ', values.Select(pair => FormattableString.Invariant($"{pair.Key}={pair.Value}"))));
    }

    [Theory]
    [InlineData("5")]
    [InlineData("{\"7\": \"a\"}")]
    [InlineData("[7, -100]")]
    [InlineData("[[7, -100, 1]]")]
    [InlineData("[[\"7\", -100]]")]
    [InlineData("[[7.5, -100]]")]
    public void LogitBias_OtherForms_AreRefused(string bias) =>
        Assert.ThrowsAny<JsonException>(() => Read($"{{\"logit_bias\": {bias}}}"));

    private static CompletionRequest Read(string json) => JsonSerializer.Deserialize(json, OpenAiJsonContext.Default.CompletionRequest)!;
}
