using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>Collects a call's arguments and refuses orders that Python does.</summary>
internal sealed class ArgumentListBuilder
{
    private readonly List<Expression> _positional = [];
    private readonly List<KeyValuePair<string, Expression>> _keywords = [];
    private readonly HashSet<string> _names = [];
    private Expression? _spread;
    private Expression? _keywordSpread;

    public bool IsEmpty => _positional.Count == 0 && _keywords.Count == 0 && _spread is null && _keywordSpread is null;

    public void AddPositional(Expression value, Token at)
    {
        Require(_keywords.Count == 0 && _spread is null && _keywordSpread is null, at);
        _positional.Add(value);
    }

    public void AddKeyword(Token name, Expression value)
    {
        Require(_keywordSpread is null && _names.Add(name.Text), name);
        _keywords.Add(new(name.Text, value));
    }

    public void AddSpread(Expression value, Token at)
    {
        Require(_spread is null && _keywordSpread is null, at);
        _spread = value;
    }

    public void AddKeywordSpread(Expression value, Token at)
    {
        Require(_keywordSpread is null, at);
        _keywordSpread = value;
    }

    public ArgumentList Build() => new(_positional, _keywords, _spread, _keywordSpread);

    private static void Require(bool condition, Token at)
    {
        if (!condition)
        {
            throw TemplateFault.Syntax(at.Line, "invalid syntax for function call expression");
        }
    }
}
