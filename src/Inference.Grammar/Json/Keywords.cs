using System.Collections.Frozen;

namespace Inference.Grammar.Json;

/// <summary>Keywords that demand what cannot be kept: refused by name. All that are not known are remarks, as JSON Schema has it.</summary>
internal static class Keywords
{
    public static FrozenSet<string> Unsupported { get; } = FrozenSet.Create(
        "not",
        "if",
        "then",
        "else",
        "contains",
        "minContains",
        "maxContains",
        "unevaluatedItems",
        "unevaluatedProperties",
        "dependentRequired",
        "dependentSchemas",
        "dependencies",
        "$dynamicRef",
        "$recursiveRef");
}
