namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A sequence that never changes: a list, tuple, range or dictionary view.</summary>
internal abstract class SequenceValue(IReadOnlyList<object?> items)
{
    public IReadOnlyList<object?> Items { get; } = items;
}
