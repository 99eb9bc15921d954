using System.Text.Json;

namespace Inference.Grammar.Json;

/// <summary>A place in a schema document.</summary>
/// <param name="Id">Unique in the document.</param>
/// <param name="Value">What is there.</param>
/// <param name="Pointer">The JSON pointer to it, with # before it.</param>
/// <param name="IsConstant">Whether it is a value that answers must equal, not a schema.</param>
internal sealed record SchemaLocation(int Id, JsonElement Value, string Pointer, bool IsConstant)
{
    /// <summary>Whether it is a schema that allows everything.</summary>
    public bool AllowsAll => !IsConstant && (Value.ValueKind == JsonValueKind.True || (Value.ValueKind == JsonValueKind.Object && !Value.EnumerateObject().Any()));

    /// <summary>Whether it is the schema that allows nothing.</summary>
    public bool AllowsNothing => !IsConstant && Value.ValueKind == JsonValueKind.False;
}
