namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>Python's list.</summary>
internal sealed class ListValue(IReadOnlyList<object?> items) : SequenceValue(items);
