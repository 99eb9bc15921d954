using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>Parses text, output and tags into statements.</summary>
internal sealed class StatementParser
{
    private readonly TokenReader _reader;
    private readonly ExpressionParser _expressions;
    private readonly TargetParser _targets;
    private int _loops;

    public StatementParser(TokenReader reader)
    {
        _reader = reader;
        _expressions = new ExpressionParser(reader);
        _targets = new TargetParser(reader);
    }

    public IReadOnlyList<Statement> ParseTemplate() => ParseUntil([]);

    /// <summary>Parses up to one of the tags, whose <c>{%</c> is read and whose name is left; given none, up to the end.</summary>
    private List<Statement> ParseUntil(ReadOnlySpan<string> endTags)
    {
        _reader.Enter();
        var body = new List<Statement>();
        while (true)
        {
            var token = _reader.Next();
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new TextStatement(token.Text));
                    break;
                case TokenKind.VariableBegin:
                    body.Add(new OutputStatement(_expressions.ParseTuple(), token.Line));
                    _reader.Expect(TokenKind.VariableEnd);
                    break;
                case TokenKind.BlockBegin when _reader.Current.Kind == TokenKind.Name && endTags.Contains(_reader.Current.Text):
                    _reader.Leave();
                    return body;
                case TokenKind.BlockBegin:
                    body.Add(ParseStatement());
                    _reader.Expect(TokenKind.BlockEnd);
                    break;
                default:
                    if (endTags.Length > 0)
                    {
                        throw TemplateFault.Syntax(token.Line, $"unexpected end of template, expected '{endTags[^1]}'");
                    }

                    _reader.Leave();
                    return body;
            }
        }
    }

    /// <summary>Parses the rest of an opening tag and its body; the name of the tag that ended it is the next token.</summary>
    private List<Statement> ParseBody(params ReadOnlySpan<string> endTags)
    {
        _reader.SkipOperator(":");
        _reader.Expect(TokenKind.BlockEnd);
        return ParseUntil(endTags);
    }

    /// <summary>Parses a body that only one tag may end, and reads that tag's name.</summary>
    private List<Statement> ParseWholeBody(string endTag)
    {
        var body = ParseBody(endTag);
        _reader.Next();
        return body;
    }

    private Statement ParseStatement()
    {
        var tag = _reader.Expect(TokenKind.Name);
        return tag.Text switch
        {
            "if" => ParseIf(tag.Line),
            "for" => ParseFor(tag.Line),
            "set" => ParseSet(tag.Line),
            "macro" => ParseMacro(),
            "call" => ParseCallBlock(tag.Line),
            "filter" => ParseFilterBlock(tag.Line),
            "with" => ParseWith(tag.Line),
            "print" => ParsePrint(tag.Line),
            "generation" => new ScopeStatement(OutsideLoops(() => ParseWholeBody("endgeneration"))),
            "break" => ParseLoopControl(Flow.Break, tag),
            "continue" => ParseLoopControl(Flow.Continue, tag),
            _ => throw TemplateFault.Syntax(tag.Line, $"unknown tag '{tag.Text}'"),
        };
    }

    private IfStatement ParseIf(int line)
    {
        var branches = new List<IfBranch>();
        while (true)
        {
            var test = _expressions.ParseTuple(allowConditional: false);
            branches.Add(new IfBranch(test, ParseBody("elif", "else", "endif"), line));
            line = _reader.Current.Line;
            switch (_reader.Next().Text)
            {
                case "elif":
                    continue;
                case "else":
                    return new IfStatement(branches, ParseWholeBody("endif"));
                default:
                    return new IfStatement(branches, []);
            }
        }
    }

    private ForStatement ParseFor(int line)
    {
        var target = _targets.Parse(allowNamespace: false);
        _reader.ExpectName("in");
        var items = _expressions.ParseTuple(allowConditional: false, endName: "recursive");
        var filter = _reader.SkipName("if") ? _expressions.Parse() : null;
        var isRecursive = _reader.SkipName("recursive");
        _loops++;
        var body = ParseBody("else", "endfor");
        _loops--;
        var otherwise = _reader.Next().Text == "else" ? ParseWholeBody("endfor") : [];
        return new ForStatement(target, items, filter, body, otherwise) { IsRecursive = isRecursive, Line = line };
    }

    private Statement ParseSet(int line)
    {
        var target = _targets.Parse(allowNamespace: true);
        if (_reader.SkipOperator("="))
        {
            return new SetStatement(target, _expressions.ParseTuple(), line);
        }

        var filters = new List<FilterCall>();
        while (_reader.SkipOperator("|"))
        {
            filters.Add(_expressions.ParseFilterCall());
        }

        return new SetBlockStatement(target, filters, ParseWholeBody("endset"), line);
    }

    private MacroStatement ParseMacro()
    {
        var name = _reader.Expect(TokenKind.Name).Text;
        return new MacroStatement(ParseMacroBody(name, ParseSignature(), "endmacro"));
    }

    private CallBlockStatement ParseCallBlock(int line)
    {
        var parameters = _reader.Current.IsOperator("(") ? ParseSignature() : [];
        var call = _expressions.Parse() as CallExpression ?? throw TemplateFault.Syntax(line, "expected a call in a call block");
        return new CallBlockStatement(call, ParseMacroBody("caller", parameters, "endcall"), line);
    }

    private MacroDefinition ParseMacroBody(string name, List<MacroParameter> parameters, string endTag)
    {
        List<Statement> body = [];
        var mentioned = _expressions.TrackMacro(() => body = OutsideLoops(() => ParseWholeBody(endTag)));
        bool Declares(string parameter) => parameters.Exists(p => p.Name == parameter);
        return new MacroDefinition(name, parameters, body)
        {
            AcceptsCaller = mentioned.UsesCaller && !Declares("caller"),
            AcceptsVarArgs = mentioned.UsesVarArgs && !Declares("varargs"),
            AcceptsKeywordArgs = mentioned.UsesKeywordArgs && !Declares("kwargs"),
        };
    }

    private List<MacroParameter> ParseSignature()
    {
        var parameters = new List<MacroParameter>();
        var hasDefaults = false;
        _reader.ExpectOperator("(");
        while (!_reader.SkipOperator(")"))
        {
            if (parameters.Count > 0)
            {
                _reader.ExpectOperator(",");
                if (_reader.SkipOperator(")"))
                {
                    break;
                }
            }

            var name = _reader.Expect(TokenKind.Name);
            var defaultValue = _reader.SkipOperator("=") ? _expressions.Parse() : null;
            if (defaultValue is null && hasDefaults)
            {
                throw TemplateFault.Syntax(name.Line, "non-default argument follows default argument");
            }

            hasDefaults = defaultValue is not null;
            parameters.Add(new MacroParameter(name.Text, defaultValue));
        }

        return parameters;
    }

    private FilterBlockStatement ParseFilterBlock(int line)
    {
        var filters = new List<FilterCall> { _expressions.ParseFilterCall() };
        while (_reader.SkipOperator("|"))
        {
            filters.Add(_expressions.ParseFilterCall());
        }

        return new FilterBlockStatement(filters, ParseWholeBody("endfilter"), line);
    }

    private WithStatement ParseWith(int line)
    {
        var assignments = new List<KeyValuePair<AssignmentTarget, Expression>>();
        while (_reader.Current.Kind != TokenKind.BlockEnd)
        {
            if (assignments.Count > 0)
            {
                _reader.ExpectOperator(",");
            }

            var target = _targets.ParseOne(allowNamespace: false);
            _reader.ExpectOperator("=");
            assignments.Add(new(target, _expressions.Parse()));
        }

        return new WithStatement(assignments, ParseWholeBody("endwith"), line);
    }

    private PrintStatement ParsePrint(int line)
    {
        var values = new List<Expression>();
        while (_reader.Current.Kind != TokenKind.BlockEnd)
        {
            if (values.Count > 0)
            {
                _reader.ExpectOperator(",");
            }

            values.Add(_expressions.Parse());
        }

        return new PrintStatement(values, line);
    }

    private LoopControlStatement ParseLoopControl(Flow flow, Token tag) =>
        _loops > 0 ? new LoopControlStatement(flow) : throw TemplateFault.Syntax(tag.Line, $"'{tag.Text}' outside of a loop");

    /// <summary>Parses a body that becomes a function of its own, where an outer loop cannot be left.</summary>
    private List<Statement> OutsideLoops(Func<List<Statement>> parse)
    {
        var loops = _loops;
        _loops = 0;
        var body = parse();
        _loops = loops;
        return body;
    }
}
