using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Syntax;

internal sealed class DictExpression(IReadOnlyList<KeyValuePair<Expression, Expression>> pairs) : Expression
{
    public override object? Evaluate(RenderContext context)
    {
        var dict = new DictValue(pairs.Count);
        foreach (var (key, value) in pairs)
        {
            var name = context.Evaluate(key);
            context.ChargeKey(name);
            dict.Set(name, context.Evaluate(value));
        }

        return dict;
    }
}
