using Inference.Engine.Speculation;
using Inference.Server.Options;

namespace Inference.Server.Tests.Options;

public sealed class SpeculativeConfigTests
{
    [Fact]
    public void Parse_AllFields_GivesThem() => Assert.Equal(
        new SpeculationOptions { NumSpeculativeTokens = 7, PromptLookupMax = 6, PromptLookupMin = 3, MaxStepTokens = 24 },
        SpeculativeConfig.Parse(
            """{"method": "ngram", "num_speculative_tokens": 7, "prompt_lookup_max": 6, "prompt_lookup_min": 3, "max_step_tokens": 24}"""));

    [Fact]
    public void Parse_MethodAlone_GivesTheDefaults() => Assert.Equal(new SpeculationOptions(), SpeculativeConfig.Parse("""{"method":"ngram"}"""));

    [Theory]
    [InlineData("prompt_lookup_max")]
    [InlineData("prompt_lookup_min")]
    public void Parse_OneBoundOfTheLookup_StandsForBoth(string name)
    {
        var options = SpeculativeConfig.Parse($$"""{"method": "ngram", "{{name}}": 3}""");

        Assert.Equal((3, 3), (options.PromptLookupMin, options.PromptLookupMax));
    }

    [Theory]
    [InlineData("", "must be a JSON object such as {\"method\": \"ngram\", \"num_speculative_tokens\": 5}")]
    [InlineData("[1]", "must be a JSON object such as {\"method\": \"ngram\", \"num_speculative_tokens\": 5}")]
    [InlineData("{\"method\": \"ngram\", \"method\": \"ngram\"}", "must be a JSON object such as {\"method\": \"ngram\", \"num_speculative_tokens\": 5}")]
    [InlineData("{\"method\": \"eagle\"}", "method must be \"ngram\"")]
    [InlineData("{\"method\": 1}", "method must be \"ngram\"")]
    [InlineData(
        "{\"method\": \"ngram\", \"model\": \"x\"}",
        "has the field \"model\"; known are method, num_speculative_tokens, prompt_lookup_max, prompt_lookup_min, max_step_tokens")]
    [InlineData("{\"method\": \"ngram\", \"num_speculative_tokens\": 1.5}", "num_speculative_tokens must be a whole number")]
    [InlineData("{\"method\": \"ngram\", \"num_speculative_tokens\": \"5\"}", "num_speculative_tokens must be a whole number")]
    [InlineData("{\"method\": \"ngram\", \"num_speculative_tokens\": 0}", "num_speculative_tokens must be from 1 to 64, not 0")]
    [InlineData("{\"method\": \"ngram\", \"prompt_lookup_min\": 5, \"prompt_lookup_max\": 4}", "prompt_lookup_min must be from 1 to prompt_lookup_max (4), not 5")]
    public void Parse_Wrong_SaysWhatIs(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => SpeculativeConfig.Parse(text)).Message);
}
