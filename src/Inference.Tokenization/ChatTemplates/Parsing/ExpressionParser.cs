using Inference.Tokenization.ChatTemplates.Library;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>
/// Parses expressions with Jinja2's precedence, loosest first: conditional, or, and, not, comparisons, + and -, ~, * / // %, **, unary signs,
/// then filters, tests and postfix. Two oddities are Jinja2's: ** groups to the left, and a sign binds tighter than **.
/// </summary>
internal sealed class ExpressionParser(TokenReader reader)
{
    private static readonly string[][] BinaryLevels = [["+", "-"], ["~"], ["*", "/", "//", "%"], ["**"]];

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

    public Expression Parse(bool allowConditional = true)
    {
        reader.Enter();
        var expression = allowConditional ? ParseConditional() : ParseOr();
        reader.Leave();
        return expression;
    }

    /// <summary>Parses an expression, or a tuple without parentheses when a comma follows it.</summary>
    public Expression ParseTuple(bool allowConditional = true, string? endName = null)
    {
        var first = Parse(allowConditional);
        if (!reader.Current.IsOperator(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (reader.SkipOperator(",") && !IsTupleEnd(endName))
        {
            items.Add(Parse(allowConditional));
        }

        return new TupleExpression(items);
    }

    public ArgumentList ParseArguments()
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

    /// <summary>Parses <c>name(arguments)</c> of a filter; the <c>|</c> is already read.</summary>
    public FilterCall ParseFilterCall()
    {
        var name = ParseDottedName();
        var arguments = reader.Current.IsOperator("(") ? ParseArguments() : ArgumentList.Empty;
        return new FilterCall(name, Filters.Find(name), arguments);
    }

    private void ParseArgument(ArgumentListBuilder arguments)
    {
        var token = reader.Current;
        if (reader.SkipOperator("*"))
        {
            arguments.AddSpread(Parse(), token);
        }
        else if (reader.SkipOperator("**"))
        {
            arguments.AddKeywordSpread(Parse(), token);
        }
        else if (token.Kind == TokenKind.Name && reader.Following.IsOperator("="))
        {
            reader.Next();
            reader.Next();
            arguments.AddKeyword(token, Parse());
        }
        else
        {
            arguments.AddPositional(Parse(), token);
        }
    }

    private bool IsTupleEnd(string? endName) =>
        reader.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || reader.Current.IsOperator(")")
        || (endName is not null && reader.Current.IsName(endName));

    private Expression ParseConditional()
    {
        var value = ParseOr();
        while (reader.SkipName("if"))
        {
            var test = ParseOr();
            value = new ConditionalExpression(test, value, reader.SkipName("else") ? Parse() : null);
        }

        return value;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (reader.SkipName("or"))
        {
            left = new LogicalExpression(isAnd: false, left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (reader.SkipName("and"))
        {
            left = new LogicalExpression(isAnd: true, left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!reader.SkipName("not"))
        {
            return ParseComparison();
        }

        reader.Enter();
        var operand = ParseNot();
        reader.Leave();
        return new NotExpression(operand);
    }

    private Expression ParseComparison()
    {
        var first = ParseBinary(0);
        var links = new List<ComparisonLink>();
        while (TakeComparison() is { } op)
        {
            links.Add(new ComparisonLink(op, ParseBinary(0)));
        }

        return links.Count == 0 ? first : new ComparisonExpression(first, links);
    }

    private ComparisonOperator? TakeComparison()
    {
        var token = reader.Current;
        ComparisonOperator? op = token switch
        {
            { Kind: TokenKind.Operator } => token.Text switch
            {
                "==" => ComparisonOperator.Equal,
                "!=" => ComparisonOperator.NotEqual,
                "<" => ComparisonOperator.Less,
                "<=" => ComparisonOperator.LessOrEqual,
                ">" => ComparisonOperator.Greater,
                ">=" => ComparisonOperator.GreaterOrEqual,
                _ => null,
            },
            _ when token.IsName("in") => ComparisonOperator.In,
            _ when token.IsName("not") && reader.Following.IsName("in") => ComparisonOperator.NotIn,
            _ => null,
        };
        if (op is not null)
        {
            reader.Next();
        }

        if (op == ComparisonOperator.NotIn)
        {
            reader.Next();
        }

        return op;
    }

    private Expression ParseBinary(int level)
    {
        if (level == BinaryLevels.Length)
        {
            return ParseUnary(allowFilters: true);
        }

        var left = ParseBinary(level + 1);
        while (reader.Current.Kind == TokenKind.Operator && BinaryLevels[level].Contains(reader.Current.Text))
        {
            var op = reader.Next().Text;
            left = new BinaryExpression(OperatorOf(op), left, ParseBinary(level + 1));
        }

        return left;
    }

    private static BinaryOperator OperatorOf(string text) => text switch
    {
        "+" => BinaryOperator.Add,
        "-" => BinaryOperator.Subtract,
        "~" => BinaryOperator.Concatenate,
        "*" => BinaryOperator.Multiply,
        "/" => BinaryOperator.Divide,
        "//" => BinaryOperator.FloorDivide,
        "%" => BinaryOperator.Modulo,
        _ => BinaryOperator.Power,
    };

    private Expression ParseUnary(bool allowFilters)
    {
        Expression node;
        if (reader.Current.IsOperator("-") || reader.Current.IsOperator("+"))
        {
            reader.Enter();
            var negates = reader.Next().Text == "-";
            node = new SignExpression(negates, ParseUnary(allowFilters: false));
            reader.Leave();
        }
        else
        {
            node = ParsePrimary();
        }

        node = ParsePostfix(node);
        return allowFilters ? ParseFiltersAndTests(node) : node;
    }

    private Expression ParsePostfix(Expression node)
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
                    _ => throw Runtime.TemplateFault.Syntax(name.Line, $"expected a name or number after '.', got {name.Describe()}"),
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

    private Expression ParseFiltersAndTests(Expression node)
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
                throw Runtime.TemplateFault.Syntax(reader.Current.Line, "tests cannot be chained with 'is'");
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
        var start = reader.Current.IsOperator(":") ? null : Parse();
        if (!reader.SkipOperator(":"))
        {
            return start!;
        }

        var stop = ParseSliceBound();
        var step = reader.SkipOperator(":") ? ParseSliceBound() : null;
        return new SliceExpression(start, stop, step);
    }

    private Expression? ParseSliceBound() =>
        reader.Current.IsOperator(":") || reader.Current.IsOperator("]") || reader.Current.IsOperator(",") ? null : Parse();

    private Expression ParsePrimary()
    {
        var token = reader.Next();
        switch (token.Kind)
        {
            case TokenKind.Name:
                return ParseName(token.Text);
            case TokenKind.String:
                var text = token.Text;
                while (reader.Current.Kind == TokenKind.String)
                {
                    text += reader.Next().Text;
                }

                return new ConstantExpression(text);
            case TokenKind.Integer or TokenKind.Float:
                return new ConstantExpression(token.Value);
            case TokenKind.Operator when token.Text == "(":
                return ParseParenthesized();
            case TokenKind.Operator when token.Text == "[":
                return new ListExpression(ParseItems("]"));
            case TokenKind.Operator when token.Text == "{":
                return ParseDict();
            default:
                throw Runtime.TemplateFault.Syntax(token.Line, $"unexpected {token.Describe()}, expected an expression");
        }
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

        var inner = ParseTuple();
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

            items.Add(Parse());
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

            var key = Parse();
            reader.ExpectOperator(":");
            pairs.Add(new(key, Parse()));
        }

        return new DictExpression(pairs);
    }
}
