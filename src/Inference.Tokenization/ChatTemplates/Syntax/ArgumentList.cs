using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>A call's arguments as written: <c>(a, b, *more, key=value, **others)</c>.</summary>
internal sealed class ArgumentList(
    IReadOnlyList<Expression> positional,
    IReadOnlyList<KeyValuePair<string, Expression>> keywords,
    Expression? spread,
    Expression? keywordSpread)
{
    public static ArgumentList Empty { get; } = new([], [], null, null);

    public static ArgumentList Single(Expression argument) => new([argument], [], null, null);

    public CallArguments Evaluate(RenderContext context)
    {
        if (positional.Count == 0 && keywords.Count == 0 && spread is null && keywordSpread is null)
        {
            return CallArguments.Empty;
        }

        var values = new List<object?>(context.EvaluateAll(positional));
        if (spread is not null)
        {
            values.AddRange(Iteration.Enumerate(context, context.Evaluate(spread)));
        }

        var named = new List<KeyValuePair<string, object?>>(keywords.Count);
        foreach (var (name, value) in keywords)
        {
            named.Add(new(name, context.Evaluate(value)));
        }

        if (keywordSpread is not null)
        {
            AddSpread(context, named, context.Evaluate(keywordSpread));
        }

        return new CallArguments(values, named);
    }

    private static void AddSpread(RenderContext context, List<KeyValuePair<string, object?>> named, object? value)
    {
        if (value is not DictValue dict)
        {
            throw TemplateFault.Runtime($"argument after ** must be a mapping, not {TypeName.Of(value)}");
        }

        var written = named.Count;
        context.ChargeItems((long)dict.Items.Count * (1 + written));
        foreach (var (key, item) in dict.Items)
        {
            var name = key as string ?? throw TemplateFault.Runtime("keywords must be strings");
            if (named.FindIndex(0, written, n => n.Key == name) >= 0)
            {
                throw TemplateFault.Runtime($"got multiple values for keyword argument '{name}'");
            }

            named.Add(new(name, item));
        }
    }
}
