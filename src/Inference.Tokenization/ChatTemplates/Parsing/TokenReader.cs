using System.Runtime.CompilerServices;
using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>The parsers' cursor over the tokens, which also bounds how deep they nest.</summary>
internal sealed class TokenReader(List<Token> tokens, int maxNesting)
{
    private int _position;
    private int _nesting;

    public Token Current => tokens[_position];

    public Token Following => tokens[Math.Min(_position + 1, tokens.Count - 1)];

    public Token Next()
    {
        var token = tokens[_position];
        if (token.Kind != TokenKind.End)
        {
            _position++;
        }

        return token;
    }

    public bool SkipName(string name) => Skip(Current.IsName(name));

    public bool SkipOperator(string op) => Skip(Current.IsOperator(op));

    public Token Expect(TokenKind kind)
    {
        if (Current.Kind != kind)
        {
            throw Unexpected(kind == TokenKind.BlockEnd ? "'%}'" : kind == TokenKind.VariableEnd ? "'}}'" : "a name");
        }

        return Next();
    }

    public void ExpectOperator(string op)
    {
        if (!SkipOperator(op))
        {
            throw Unexpected($"'{op}'");
        }
    }

    public void ExpectName(string name)
    {
        if (!SkipName(name))
        {
            throw Unexpected($"'{name}'");
        }
    }

    public TemplateFault Unexpected(string expected) =>
        TemplateFault.Syntax(Current.Line, $"expected {expected}, got {Current.Describe()}");

    /// <summary>Called on entering a nested construct; <see cref="Leave"/> on its end.</summary>
    public void Enter()
    {
        if (++_nesting > maxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TemplateFault.TooDeep(Current.Line);
        }
    }

    public void Leave() => _nesting--;

    private bool Skip(bool matches)
    {
        if (matches)
        {
            Next();
        }

        return matches;
    }
}
