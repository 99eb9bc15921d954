namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>Evaluated arguments of a call.</summary>
internal sealed class CallArguments(IReadOnlyList<object?> positional, IReadOnlyList<KeyValuePair<string, object?>> keywords)
{
    public static CallArguments Empty { get; } = new([], []);

    public IReadOnlyList<object?> Positional { get; } = positional;

    public IReadOnlyList<KeyValuePair<string, object?>> Keywords { get; } = keywords;

    public CallArguments With(string keyword, object? value) => new(Positional, [.. Keywords, new(keyword, value)]);

    /// <summary>Without the first <paramref name="count"/> positional arguments.</summary>
    public CallArguments Skip(int count) => new([.. Positional.Skip(count)], Keywords);

    public bool TryGetKeyword(string name, out object? value)
    {
        foreach (var (key, item) in Keywords)
        {
            if (key == name)
            {
                value = item;
                return true;
            }
        }

        value = null;
        return false;
    }
}
