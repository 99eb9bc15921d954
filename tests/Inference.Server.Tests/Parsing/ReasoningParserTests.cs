using Inference.Server.Parsing;

namespace Inference.Server.Tests.Parsing;

public sealed class ReasoningParserTests
{
    [Theory]
    [InlineData("<think>\nHm, a\n\nb.\n</think>\n\nThe answer.\n", "<Hm, a\n\nb.>The answer.\n")]
    [InlineData("\n<think>a</think>b", "<a>b")]
    [InlineData("<think></think>b", "b")]
    [InlineData("<think> \n </think>\n\nb", "b")]
    [InlineData("No reasoning <think>here</think>.", "No reasoning <think>here</think>.")]
    [InlineData("<thin", "<thin")]
    [InlineData("<thing>", "<thing>")]
    [InlineData("<think>cut off </thi", "<cut off </thi>")]
    [InlineData("<think>a < b </think>c</think>", "<a < b>c</think>")]
    public void Append_TagsInTheOutput_Separate(string output, string expected) =>
        Assert.Equal(expected, ParsedOutput.Of(output, new OutputParsing { HasReasoning = true }));

    [Theory]
    [InlineData("Hm.\n</think>\n\nThe answer.", "<Hm.>The answer.")]
    [InlineData("<think>\nHm.</think>a", "<Hm.>a")]
    [InlineData("all of it", "<all of it>")]
    [InlineData("<th", "<<th>")]
    public void Append_OpenedByThePrompt_BeginsInside(string output, string expected) =>
        Assert.Equal(expected, ParsedOutput.Of(output, new OutputParsing { HasReasoning = true, StartsReasoning = true }));

    [Fact]
    public void Append_ToolsAfterReasoning_AreFound()
    {
        var options = new OutputParsing { HasReasoning = true, Tools = ToolCallFormat.Named("hermes") };

        var parsed = ParsedOutput.Of("<think>call <tool_call>?</think>\n\n<tool_call>{\"name\": \"f\"}</tool_call>", options);

        Assert.Equal("<call <tool_call>?>f({})", parsed);
    }

    [Fact]
    public void Append_ReasoningNotWanted_IsLeftOut() => Assert.Equal(
        "b", ParsedOutput.Of("<think>a</think>b", new OutputParsing { HasReasoning = true, IncludesReasoning = false }));
}
