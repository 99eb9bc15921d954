using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>
/// Parses operators with Jinja2's precedence, loosest first: conditional, or, and, not, comparisons, + and -, ~, * / // %, **, unary signs.
/// Two oddities are Jinja2's: ** groups to the left, and a sign binds tighter than **.
/// </summary>
internal sealed class ExpressionParser
{
    private static readonly string[][] BinaryLevels = [["+", "-"], ["~"], ["*", "/", "//", "%"], ["**"]];

    private readonly TokenReader _reader;
    private readonly OperandParser _operands;

    public ExpressionParser(TokenReader reader)
    {
        _reader = reader;
        _operands = new OperandParser(reader, this);
    }

    /// <summary>Runs the parse of a macro's body, telling which implicit variables it mentions.</summary>
    public MacroScope TrackMacro(Action parse) => _operands.TrackMacro(parse);

    /// <summary>Parses <c>name(arguments)</c> of a filter; the <c>|</c> is already read.</summary>
    public FilterCall ParseFilterCall() => _operands.ParseFilterCall();

    public Expression Parse(bool allowConditional = true)
    {
        _reader.Enter();
        var expression = allowConditional ? ParseConditional() : ParseOr();
        _reader.Leave();
        return expression;
    }

    /// <summary>Parses an expression, or a tuple without parentheses when a comma follows it.</summary>
    public Expression ParseTuple(bool allowConditional = true, string? endName = null)
    {
        var first = Parse(allowConditional);
        if (!_reader.Current.IsOperator(","))
        {
            return first;
        }

        var items = new List<Expression> { first };
        while (_reader.SkipOperator(",") && !IsTupleEnd(endName))
        {
            items.Add(Parse(allowConditional));
        }

        return new TupleExpression(items);
    }

    private bool IsTupleEnd(string? endName) =>
        _reader.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd || _reader.Current.IsOperator(")")
        || (endName is not null && _reader.Current.IsName(endName));

    private Expression ParseConditional()
    {
        var value = ParseOr();
        while (_reader.SkipName("if"))
        {
            var test = ParseOr();
            value = new ConditionalExpression(test, value, _reader.SkipName("else") ? Parse() : null);
        }

        return value;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (_reader.SkipName("or"))
        {
            left = new LogicalExpression(isAnd: false, left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (_reader.SkipName("and"))
        {
            left = new LogicalExpression(isAnd: true, left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!_reader.SkipName("not"))
        {
            return ParseComparison();
        }

        _reader.Enter();
        var operand = ParseNot();
        _reader.Leave();
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
        var token = _reader.Current;
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
            _ when token.IsName("not") && _reader.Following.IsName("in") => ComparisonOperator.NotIn,
            _ => null,
        };
        if (op is not null)
        {
            _reader.Next();
        }

        if (op == ComparisonOperator.NotIn)
        {
            _reader.Next();
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
        while (_reader.Current.Kind == TokenKind.Operator && BinaryLevels[level].Contains(_reader.Current.Text))
        {
            var op = _reader.Next().Text;
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
        if (_reader.Current.IsOperator("-") || _reader.Current.IsOperator("+"))
        {
            _reader.Enter();
            var negates = _reader.Next().Text == "-";
            node = new SignExpression(negates, ParseUnary(allowFilters: false));
            _reader.Leave();
        }
        else
        {
            node = _operands.ParsePrimary();
        }

        node = _operands.ParsePostfix(node);
        return allowFilters ? _operands.ParseFiltersAndTests(node) : node;
    }
}
