namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>What <c>cycler(…)</c> gives: its items in turn.</summary>
internal sealed class CyclerValue(IReadOnlyList<object?> items) : ObjectValue
{
    private int _position;

    public override string TypeName => "Cycler";

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "current" => items[_position],
            "next" => new Builtin("next", "", _ => Next()),
            "reset" => new Builtin("reset", "", _ => Reset()),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    private object? Next()
    {
        var current = items[_position];
        _position = (_position + 1) % items.Count;
        return current;
    }

    private object? Reset()
    {
        _position = 0;
        return null;
    }
}
