using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A built-in's arguments, bound to its parameters and read with the type that it wants.</summary>
internal sealed class Arguments
{
    private static readonly object Missing = new();

    private readonly Builtin _function;
    private readonly object?[] _values;

    private Arguments(RenderContext context, Builtin function, object?[] values)
    {
        Context = context;
        _function = function;
        _values = values;
    }

    public RenderContext Context { get; }

    /// <summary>Positional arguments beyond the parameters.</summary>
    public IReadOnlyList<object?> Rest { get; private init; } = [];

    /// <summary>Keyword arguments that name no parameter.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Keywords { get; private init; } = [];

    /// <summary>The argument, or None when it was not given.</summary>
    public object? this[int index] => Has(index) ? _values[index] : null;

    public static Arguments Bind(RenderContext context, Builtin function, CallArguments given)
    {
        var values = new object?[function.Parameters.Count];
        Array.Fill(values, Missing);
        var positional = given.Positional;
        if (positional.Count > values.Length && !function.TakesRest)
        {
            throw TemplateFault.Runtime($"{function.Name}() takes at most {values.Length} arguments ({positional.Count} given)");
        }

        for (var i = 0; i < values.Length && i < positional.Count; i++)
        {
            values[i] = positional[i];
        }

        var others = new List<KeyValuePair<string, object?>>();
        foreach (var keyword in given.Keywords)
        {
            BindKeyword(function, values, others, keyword);
        }

        var unbound = Array.IndexOf(values, Missing, 0, function.Required);
        if (unbound >= 0)
        {
            throw TemplateFault.Runtime($"{function.Name}() misses the argument '{function.Parameters[unbound]}'");
        }

        return new Arguments(context, function, values) { Rest = [.. positional.Skip(values.Length)], Keywords = others };
    }

    public bool Has(int index) => !ReferenceEquals(_values[index], Missing);

    /// <summary>A string; nothing else will do.</summary>
    public string String(int index) => this[index] switch
    {
        string text => text,
        Undefined undefined => throw undefined.Fault(),
        var value => throw Wrong(index, "a string", value),
    };

    /// <summary>A string, or null for None or an argument not given.</summary>
    public string? OptionalString(int index) => this[index] is null ? null : String(index);

    /// <summary>Any value, as <c>str()</c> makes it.</summary>
    public string Text(int index) => Runtime.Text.Of(Context, this[index]);

    public long Integer(int index) => this[index] switch
    {
        var value when Numbers.IsInteger(value) => Numbers.Saturate(value),
        Undefined undefined => throw undefined.Fault(),
        var value => throw Wrong(index, "an integer", value),
    };

    public long Integer(int index, long missing) => Has(index) ? Integer(index) : missing;

    /// <summary>An integer, or null for None or an argument not given.</summary>
    public long? OptionalInteger(int index) => this[index] is null ? null : Integer(index);

    /// <summary>The argument's truth; false when not given.</summary>
    public bool Flag(int index) => Has(index) && Truth.Of(_values[index]);

    /// <summary>The argument's items.</summary>
    public IEnumerable<object?> Items(int index) => Iteration.Enumerate(Context, this[index]);

    private static void BindKeyword(
        Builtin function,
        object?[] values,
        List<KeyValuePair<string, object?>> others,
        KeyValuePair<string, object?> keyword)
    {
        var index = function.Parameters.ToList().IndexOf(keyword.Key);
        if (index < 0 && !function.TakesKeywords)
        {
            throw TemplateFault.Runtime($"{function.Name}() got an unexpected keyword argument '{keyword.Key}'");
        }

        if (index < 0)
        {
            others.Add(keyword);
            return;
        }

        if (!ReferenceEquals(values[index], Missing))
        {
            throw TemplateFault.Runtime($"{function.Name}() got multiple values for argument '{keyword.Key}'");
        }

        values[index] = keyword.Value;
    }

    private TemplateFault Wrong(int index, string wanted, object? value) =>
        TemplateFault.Runtime($"{_function.Name}() wants {wanted} for '{_function.Parameters[index]}', got {TypeName.Of(value)}");
}
