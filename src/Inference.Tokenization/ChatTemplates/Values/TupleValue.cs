namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>Python's tuple; a named tuple's fields can also be read as attributes.</summary>
internal sealed class TupleValue(IReadOnlyList<object?> items, IReadOnlyList<string>? fields = null) : SequenceValue(items)
{
    public bool TryGetField(string name, out object? value)
    {
        for (var i = 0; i < (fields?.Count ?? 0); i++)
        {
            if (fields![i] == name)
            {
                value = Items[i];
                return true;
            }
        }

        value = null;
        return false;
    }
}
