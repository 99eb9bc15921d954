using System.Text;
using Inference.Tokenization.ChatTemplates.Library;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>Parses what operators stand between: literals and names with their subscripts, calls, filters and tests.</summary>
internal sealed class OperandParser(TokenReader reader, ExpressionParser expressions)
{
    private readonly Stack<MacroScope> _macros = new();

    /// <summary>Runs the parse of a macro's body, telling which implicit variables it mentions.</summary>
    public MacroScope TrackMacro(Action parse)
    {
        var scope = new MacroScope();
        _macros.Push(scope);
        parse();
        _macros.Pop();
        return scope;
    }

    public Expression ParsePrimary()
    {
        var token = reader.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return ParseName(token.Text);
            case TokenKind.String:
                return ParseStrings(token.Text);
            case TokenKind.Integer or TokenKind.Float:
                return new ConstantExpression(token.Value);
            case TokenKind.Operator when token.Text == "(":
                return ParseParenthesized();
            case TokenKind.Operator when token.Text == "[":
                return new ListExpression(ParseItems("]"));
            case TokenKind.Operator when token.Text == "{":
                return ParseDict();
            default:
                throw TemplateFault.Syntax(token.Line, $"unexpected {token.Describe()}, expected an expression");
        }
    }

    /// <summary>Joins string literals that follow one another.</summary>
    private ConstantExpression ParseStrings(string first)
    {
        var text = new StringBuilder(first);
        while (reader.Current.Kind == TokenKind.String)
        {
            text.Append(reader.Next().Text);
        }

        return new ConstantExpression(text.ToString());
    }

    private Expression ParseName(string name)
    {
        switch (name)
        {
            case "true" or "True":
                return new ConstantExpression(true);
            case "false" or "False":
                return new ConstantExpression(false);
            case "none" or "None":
                return new ConstantExpression(null);
        }

        foreach (var macro in _macros)
        {
            macro.Mention(name);
        }

        return new NameExpression(name);
    }

    private Expression ParseParenthesized()
    {
        if (reader.SkipOperator(")"))
        {
            return new TupleExpression([]);
        }

        var inner = expressions.ParseTuple();
        reader.ExpectOperator(")");
        return inner;
    }

    private List<Expression> ParseItems(string close)
    {
        var items = new List<Expression>();
        while (!reader.SkipOperator(close))
        {
            if (items.Count > 0)
            {
                reader.ExpectOperator(",");
                if (reader.SkipOperator(close))
                {
                    break;
                }
            }

            items.Add(expressions.Parse());
        }

        return items;
    }

    private DictExpression ParseDict()
    {
        var pairs = new List<KeyValuePair<Expression, Expression>>();
        while (!reader.SkipOperator("}"))
        {
            if (pairs.Count > 0)
            {
                reader.ExpectOperator(",");
                if (reader.SkipOperator("}"))
                {
                    break;
                }
            }

            var key = expressions.Parse();
            reader.ExpectOperator(":");
            pairs.Add(new(key, expressions.Parse()));
        }

        return new DictExpression(pairs);
    }

    public Expression ParsePostfix(Expression node)
    {
        while (true)
        {
            if (reader.SkipOperator("."))
            {
                var name = reader.Next();
                node = name.Kind switch
                {
                    TokenKind.Name => new AttributeExpression(node, name.Text),
                    TokenKind.Integer => new SubscriptExpression(node, new ConstantExpression(name.Value)),
                    _ => throw TemplateFault.Syntax(name.Line, $"expected a name or number after '.', got {name.Describe()}"),
                };
            }
            else if (reader.SkipOperator("["))
            {
                node = new SubscriptExpression(node, ParseSubscript());
            }
            else if (reader.Current.IsOperator("("))
            {
                node = new CallExpression(node, ParseArguments());
            }
            else
            {
                return node;
            }
        }
    }

    public Expression ParseFiltersAndTests(Expression node)
    {
        while (true)
        {
            if (reader.SkipOperator("|"))
            {
                node = new FilterExpression(node, ParseFilterCall());
            }
            else if (reader.SkipName("is"))
            {
                node = ParseTest(node);
            }
            else if (reader.Current.IsOperator("("))
            {
                node = new CallExpression(node, ParseArguments());
            }
            else
            {
                return node;
            }
        }
    }

    private Expression ParseTest(Expression node)
    {
        var negated = reader.SkipName("not");
        var name = ParseDottedName();
        var arguments = ArgumentList.Empty;
        if (reader.Current.IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (StartsTestOperand(reader.Current))
        {
            if (reader.Current.IsName("is"))
            {
                throw TemplateFault.Syntax(reader.Current.Line, "tests cannot be chained with 'is'");
            }

            arguments = ArgumentList.Single(ParsePostfix(ParsePrimary()));
        }

        Expression test = new TestExpression(node, name, Tests.Find(name), arguments);
        return negated ? new NotExpression(test) : test;
    }

    private static bool StartsTestOperand(Token token) => token.Kind switch
    {
        TokenKind.Name => token.Text is not ("else" or "or" or "and"),
        TokenKind.String or TokenKind.Integer or TokenKind.Float => true,
        TokenKind.Operator => token.Text is "[" or "{",
        _ => false,
    };

    private string ParseDottedName()
    {
        var name = reader.Expect(TokenKind.Name).Text;
        while (reader.SkipOperator("."))
        {
            name += "." + reader.Expect(TokenKind.Name).Text;
        }

        return name;
    }

    private Expression ParseSubscript()
    {
        var items = new List<Expression>();
        while (!reader.SkipOperator("]"))
        {
            if (items.Count > 0)
            {
                reader.ExpectOperator(",");
            }

            items.Add(ParseSubscriptItem());
        }

        return items.Count == 1 ? items[0] : new TupleExpression(items);
    }

    private Expression ParseSubscriptItem()
    {
        var start = reader.Current.IsOperator(":") ? null : expressions.Parse();
        if (!reader.SkipOperator(":"))
        {
            return start!;
        }

        var stop = ParseSliceBound();
        var step = reader.SkipOperator(":") ? ParseSliceBound() : null;
        return new SliceExpression(start, stop, step);
    }

    private Expression? ParseSliceBound() =>
        reader.Current.IsOperator(":") || reader.Current.IsOperator("]") || reader.Current.IsOperator(",") ? null : expressions.Parse();

    /// <summary>Parses <c>name(arguments)</c> of a filter; the <c>|</c> is already read.</summary>
    public FilterCall ParseFilterCall()
    {
        var name = ParseDottedName();
        var arguments = reader.Current.IsOperator("(") ? ParseArguments() : ArgumentList.Empty;
        return new FilterCall(name, Filters.Find(name), arguments);
    }

    private ArgumentList ParseArguments()
    {
        reader.ExpectOperator("(");
        var arguments = new ArgumentListBuilder();
        while (!reader.SkipOperator(")"))
        {
            if (!arguments.IsEmpty)
            {
                reader.ExpectOperator(",");
                if (reader.SkipOperator(")"))
                {
                    break;
                }
            }

            ParseArgument(arguments);
        }

        return arguments.Build();
    }

    private void ParseArgument(ArgumentListBuilder arguments)
    {
        var token = reader.Current;
        if (reader.SkipOperator("*"))
        {
            arguments.AddSpread(expressions.Parse(), token);
        }
        else if (reader.SkipOperator("**"))
        {
            arguments.AddKeywordSpread(expressions.Parse(), token);
        }
        else if (token.Kind == TokenKind.Name && reader.Following.IsOperator("="))
        {
            reader.Next();
            reader.Next();
            arguments.AddKeyword(token, expressions.Parse());
        }
        else
        {
            arguments.AddPositional(expressions.Parse(), token);
        }
    }
}
