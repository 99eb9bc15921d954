using System.Collections.Immutable;

namespace Inference.Server.Parsing;

/// <summary>How a family of models writes tool calls.</summary>
/// <param name="Name">For the option --tool-call-parser.</param>
/// <param name="CreateParser">Makes a parser for one choice.</param>
internal sealed record ToolCallFormat(string Name, Func<MessageParts, ToolCallParser> CreateParser)
{
    /// <summary>All, in the order in which a chat template is searched for them.</summary>
    public static ImmutableArray<ToolCallFormat> All { get; } =
    [
        new("deepseek_v3", parts => new DeepSeekToolCallParser(parts)) { Marks = ["<｜tool▁calls▁begin｜>"] },
        new("mistral", parts => new MistralToolCallParser(parts)) { Marks = ["[TOOL_CALLS]"], CallIdLength = 9 },
        new("hermes", parts => new HermesToolCallParser(parts)) { Marks = ["<tool_call>"] },
        new("pythonic", parts => new PythonicToolCallParser(parts)) { Marks = ["(params_name1=", "[func_name1("] },
        new("llama3_json", parts => new Llama3ToolCallParser(parts)) { Marks = ["<|python_tag|>", "\"parameters\": dictionary"] },
    ];

    /// <summary>Texts of which a chat template for such models has at least one.</summary>
    public ImmutableArray<string> Marks { get; init; } = [];

    /// <summary>Characters of a call's id, where chat templates insist on a number; null for any.</summary>
    public int? CallIdLength { get; init; }

    /// <summary>The format of that name; null when there is none.</summary>
    public static ToolCallFormat? Named(string name) => All.FirstOrDefault(format => format.Name == name);

    /// <summary>The format that a chat template asks for; null when it asks for none that is known.</summary>
    public static ToolCallFormat? Detect(string template) =>
        All.FirstOrDefault(format => format.Marks.Any(mark => template.Contains(mark, StringComparison.Ordinal)));
}
