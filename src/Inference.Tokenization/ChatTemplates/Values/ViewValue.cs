namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>What a dictionary's keys(), values() and items() give: it can be counted, iterated and searched, not indexed.</summary>
internal sealed class ViewValue(string typeName, IReadOnlyList<object?> items) : SequenceValue(items)
{
    public string TypeName { get; } = typeName;
}
