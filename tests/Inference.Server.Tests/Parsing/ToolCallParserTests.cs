using Inference.Server.Parsing;

namespace Inference.Server.Tests.Parsing;

/// <summary>What each family of parsers makes of outputs, however they are cut.</summary>
public sealed class ToolCallParserTests
{
    [Theory]
    [InlineData("Just text.", "Just text.")]
    [InlineData("Text with an end. \n", "Text with an end. \n")]
    [InlineData("<tool_call>\n{\"name\": \"f\", \"arguments\": {\"x\": 1}}\n</tool_call>", "f({\"x\": 1})")]
    [InlineData("Let me see.\n<tool_call>{\"name\": \"f\", \"arguments\": {}}</tool_call>\n", "Let me see.f({})")]
    [InlineData("<tool_call>{\"name\":\"f\",\"arguments\":{\"a\":[1,{\"b\":\"}]\\\"\"}]}}</tool_call>", "f({\"a\":[1,{\"b\":\"}]\\\"\"}]})")]
    [InlineData("<tool_call>{\"name\":\"f\",\"arguments\":{}}</tool_call>\n<tool_call>{\"name\":\"g\",\"arguments\":{\"y\":2}}</tool_call>", "f({})g({\"y\":2})")]
    [InlineData("<tool_call>{\"arguments\": {\"x\": 1}, \"name\": \"late\"}</tool_call>", "late({\"x\": 1})")]
    [InlineData("<tool_call>{\"name\": \"f\"}</tool_call>", "f({})")]
    [InlineData("<tool_call>{\"name\": \"f\", \"parameters\": {\"x\": null}}</tool_call>", "f({\"x\": null})")]
    [InlineData("<tool_call>{\"type\": \"function\", \"function\": {\"name\": \"f\", \"arguments\": {\"x\": 1}}}</tool_call>", "f({\"x\": 1})")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": \"{\\\"x\\\": 1}\"}</tool_call>", "f({\"x\": 1})")]
    [InlineData("<tool_call>{\"name\": \"f\\u00e9\", \"id\": 7, \"arguments\": 5}</tool_call> and text", "fé(5) and text")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": {}}<tool_call>{\"name\": \"g\", \"arguments\": {}}</tool_call>", "f({})g({})")]
    [InlineData("<tool_call>{\"name\": \"f\", \"arguments\": {\"x\": ", "f({\"x\": )")]
    [InlineData("<tool_call>{\"na", "<tool_call>{\"na")]
    [InlineData("<tool_call>not json</tool_call>", "<tool_call>not json</tool_call>")]
    [InlineData("<tool_call>{\"x\": 1}</tool_call>", "<tool_call>{\"x\": 1}</tool_call>")]
    [InlineData("a <tool_c b <tool_call", "a <tool_c b <tool_call")]
    public void Hermes_Output_GivesItsParts(string output, string expected) => Assert.Equal(expected, Parse("hermes", output));

    [Theory]
    [InlineData("Just text {\"name\": \"f\"}", "Just text {\"name\": \"f\"}")]
    [InlineData("{\"name\": \"f\", \"parameters\": {\"x\": 1}}", "f({\"x\": 1})")]
    [InlineData("\n{\"name\": \"f\", \"parameters\": {}}\n", "f({})")]
    [InlineData("<|python_tag|>{\"name\": \"f\", \"parameters\": {\"x\": 1}}", "f({\"x\": 1})")]
    [InlineData("{\"name\": \"f\", \"parameters\": {}}; {\"name\": \"g\", \"parameters\": {\"y\": \";\"}}", "f({})g({\"y\": \";\"})")]
    [InlineData("{\"answer\": 42}", "{\"answer\": 42}")]
    [InlineData("{\"answer\": {\"a\": [1, \"}\"]}} and more", "{\"answer\": {\"a\": [1, \"}\"]}} and more")]
    [InlineData("{\"name\": \"f\", \"parameters\": {\"x\"", "f({\"x\")")]
    [InlineData("{\"name", "{\"name")]
    [InlineData("<b>text", "<b>text")]
    [InlineData("<|python_", "<|python_")]
    [InlineData("", "")]
    public void Llama3_Output_GivesItsParts(string output, string expected) => Assert.Equal(expected, Parse("llama3_json", output));

    [Theory]
    [InlineData("Just [text].", "Just [text].")]
    [InlineData("[TOOL_CALLS][{\"name\": \"f\", \"arguments\": {\"x\": 1}}]", "f({\"x\": 1})")]
    [InlineData("[TOOL_CALLS] [{\"name\": \"f\", \"arguments\": {}}, {\"name\": \"g\", \"arguments\": {\"y\": [\"]\"]}}]", "f({})g({\"y\": [\"]\"]})")]
    [InlineData("Hm. [TOOL_CALLS]f[ARGS]{\"x\": {\"y\": 1}}", "Hm.f({\"x\": {\"y\": 1}})")]
    [InlineData("[TOOL_CALLS]f{\"x\": 1}[TOOL_CALLS]g[CALL_ID]abc[ARGS]{}", "f({\"x\": 1})g({})")]
    [InlineData("[TOOL_CALLS]{\"name\": \"f\", \"arguments\": {}}", "f({})")]
    [InlineData("[TOOL_CALLS][{\"x\": 1}]", "[TOOL_CALLS]{\"x\": 1}]")]
    [InlineData("[TOOL_CALLS]just a na", "[TOOL_CALLS]just a na")]
    [InlineData("[TOOL_CALLS]f[ARGS]{\"x\"", "f({\"x\")")]
    [InlineData("[TOOL_", "[TOOL_")]
    public void Mistral_Output_GivesItsParts(string output, string expected) => Assert.Equal(expected, Parse("mistral", output));

    [Theory]
    [InlineData("Just text.", "Just text.")]
    [InlineData("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{\"x\": 1}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "f({\"x\": 1})")]
    [InlineData("Hm.\n<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>f<｜tool▁sep｜>{\"x\": 1}<｜tool▁call▁end｜><｜tool▁call▁begin｜>g<｜tool▁sep｜>{}<｜tool▁call▁end｜><｜tool▁calls▁end｜>", "Hm.f({\"x\": 1})g({})")]
    [InlineData("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>f\n```json\n{}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>function<｜tool▁sep｜>g\n```json\n{\"y\": \"```\"}\n```<｜tool▁call▁end｜>", "f({})g({\"y\": \"```\"})")]
    [InlineData("<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>func", "<｜tool▁call▁begin｜>func")]
    [InlineData("<｜tool▁call▁begin｜>function<｜tool▁sep｜>na", "<｜tool▁call▁begin｜>function<｜tool▁sep｜>na")]
    [InlineData("<｜tool▁call▁begin｜>function<｜tool▁sep｜>\n f \n```json\n{}", "f({})")]
    [InlineData("a <｜tool▁", "a <｜tool▁")]
    public void DeepSeek_Output_GivesItsParts(string output, string expected) => Assert.Equal(expected, Parse("deepseek_v3", output));

    [Theory]
    [InlineData("Just text.", "Just text.")]
    [InlineData("[1, 2, 3] is a list", "[1, 2, 3] is a list")]
    [InlineData("[f()]", "f({})")]
    [InlineData("[f(x=1, y='a', z=\"b\"), g.h(k=True)]", "f({\"x\": 1, \"y\": \"a\", \"z\": \"b\"})g.h({\"k\": true})")]
    [InlineData("[f(x=[1, -2.5, 1e3], y={'a': None, 'b': (1, 'c')})]", "f({\"x\": [1, -2.5, 1e3], \"y\": {\"a\": null, \"b\": [1, \"c\"]}})")]
    [InlineData("[f(x='it\\'s \\\"q\\\" \\n \\x41\\u00e9 \\\\ /')]", "f({\"x\": \"it's \\\"q\\\" \\n Aé \\\\ /\"})")]
    [InlineData("[f(x=.5, y=007, z=word)]", "f({\"x\": 0.5, \"y\": 7, \"z\": \"word\"})")]
    [InlineData("[f(x='😀, )]')]", "f({\"x\": \"😀, )]\"})")]
    [InlineData("[f(x=1", "f({\"x\": )")]
    [InlineData("[f", "[f")]
    [InlineData("  ", "  ")]
    public void Pythonic_Output_GivesItsParts(string output, string expected) => Assert.Equal(expected, Parse("pythonic", output));

    [Theory]
    [InlineData("{\"x\": 1}", "f({\"x\": 1})")]
    [InlineData("", "")]
    public void Named_Output_IsAllArguments(string output, string expected) =>
        Assert.Equal(expected, ParsedOutput.Of(output, new OutputParsing { Tools = new ToolCallFormat("named", parts => new NamedToolCallParser(parts, "f")) }));

    [Theory]
    [InlineData("[{\"name\": \"f\", \"parameters\": {\"x\": [1]}}, {\"name\": \"g\", \"parameters\": {}}]", "f({\"x\": [1]})g({})")]
    [InlineData("[", "")]
    [InlineData("[{\"name\": \"f\", \"parameters\": {\"x", "f({\"x)")]
    public void Required_Output_IsAListOfCalls(string output, string expected) =>
        Assert.Equal(expected, ParsedOutput.Of(output, new OutputParsing { Tools = new ToolCallFormat("required", parts => new JsonListToolCallParser(parts)) }));

    [Fact]
    public void Parallel_NotWanted_KeepsTheFirstCall()
    {
        var options = new OutputParsing { Tools = ToolCallFormat.Named("pythonic"), IsParallel = false };

        Assert.Equal("f({\"x\": 1})", ParsedOutput.Of("[f(x=1), g(y=2)]", options));
    }

    [Fact]
    public void Ids_AreWhatTemplatesTake()
    {
        var mistral = new OutputParsing { Tools = ToolCallFormat.Named("mistral") };
        var other = new OutputParsing { Tools = ToolCallFormat.Named("hermes") };

        Assert.Matches("^[A-Za-z0-9]{9}$", mistral.NewCallId());
        Assert.Matches("^call_[A-Za-z0-9]{24}$", other.NewCallId());
        Assert.NotEqual(other.NewCallId(), other.NewCallId());
    }

    private static string Parse(string format, string output) => ParsedOutput.Of(output, new OutputParsing { Tools = ToolCallFormat.Named(format) });
}
