using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>
/// Splits a template into tokens with the whitespace rules of trim_blocks (the newline after a block tag goes), lstrip_blocks (so do blanks
/// before one that starts a line) and the signs <c>-</c> and <c>+</c>. One newline at the template's end is dropped, as Jinja2 does.
/// </summary>
internal sealed class Lexer
{
    private const int MaxNameLength = 256;

    private static readonly string[] LongOperators = ["//", "**", "==", "!=", ">=", "<="];

    private readonly string _source;
    private readonly List<Token> _tokens = [];
    private readonly Stack<char> _brackets = new();
    private int _position;
    private int _line = 1;
    private bool _atLineStart = true;

    public Lexer(string source)
    {
        var text = source.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        _source = text.EndsWith('\n') ? text[..^1] : text;
    }

    public List<Token> Tokenize()
    {
        while (_position < _source.Length)
        {
            var tag = FindTag(_position);
            if (tag < 0)
            {
                Emit(TokenKind.Data, _source[_position..]);
                break;
            }

            var sign = tag + 2 < _source.Length && _source[tag + 2] is '-' or '+' ? _source[tag + 2] : '\0';
            EmitData(tag, sign, isVariable: _source[tag + 1] == '{');
            var inside = tag + (sign == '\0' ? 2 : 3);
            switch (_source[tag + 1])
            {
                case '#':
                    SkipComment(inside);
                    break;
                case '%' when MatchRaw(inside) is var rawEnd and >= 0:
                    ReadRaw(rawEnd);
                    break;
                case '%':
                    ReadTag(inside, TokenKind.BlockBegin, TokenKind.BlockEnd);
                    break;
                default:
                    ReadTag(inside, TokenKind.VariableBegin, TokenKind.VariableEnd);
                    break;
            }
        }

        Emit(TokenKind.End, "");
        return _tokens;
    }

    private int FindTag(int from)
    {
        for (var at = _source.IndexOf('{', from); at >= 0 && at + 1 < _source.Length; at = _source.IndexOf('{', at + 1))
        {
            if (_source[at + 1] is '{' or '%' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Emits the text up to <paramref name="end"/>, stripped as the tag that follows it asks, and moves there.</summary>
    private void EmitData(int end, char sign, bool isVariable)
    {
        var text = _source.AsSpan(_position, end - _position);
        var kept = text.Length;
        if (sign == '-')
        {
            kept = TrimmedLength(text, 0);
        }
        else if (sign != '+' && !isVariable)
        {
            var lineStart = text.LastIndexOf('\n') + 1;
            if ((lineStart > 0 || _atLineStart) && TrimmedLength(text, lineStart) == lineStart)
            {
                kept = lineStart;
            }
        }

        if (kept > 0)
        {
            Emit(TokenKind.Data, text[..kept].ToString());
        }

        MoveTo(end);
    }

    private static int TrimmedLength(ReadOnlySpan<char> text, int from)
    {
        var length = text.Length;
        while (length > from && PythonText.IsSpace(text[length - 1]))
        {
            length--;
        }

        return length;
    }

    private void SkipComment(int inside)
    {
        var end = _source.IndexOf("#}", inside, StringComparison.Ordinal);
        if (end < 0)
        {
            throw TemplateFault.Syntax(_line, "missing end of comment tag");
        }

        var sign = end > inside ? _source[end - 1] : '\0';
        CloseTag(end + 2, sign, trimsNewline: sign != '+');
    }

    /// <summary>The position after a <c>{% raw %}</c> whose inside begins here, or -1.</summary>
    private int MatchRaw(int inside) => MatchKeywordTag(inside, "raw") is var (end, sign) && sign != '+' ? AfterTag(end, sign, false) : -1;

    private void ReadRaw(int bodyStart)
    {
        var openLine = _line;
        MoveTo(bodyStart);
        _atLineStart = _source[bodyStart - 1] == '\n';
        for (var at = Find("{%", bodyStart); at >= 0; at = Find("{%", at + 2))
        {
            var sign = at + 2 < _source.Length && _source[at + 2] is '-' or '+' ? _source[at + 2] : '\0';
            if (MatchKeywordTag(at + (sign == '\0' ? 2 : 3), "endraw") is var (end, endSign))
            {
                EmitData(at, sign, isVariable: false);
                CloseTag(end, endSign, trimsNewline: endSign != '+');
                return;
            }
        }

        throw TemplateFault.Syntax(openLine, "missing end of raw directive");
    }

    private int Find(string text, int from) => _source.IndexOf(text, from, StringComparison.Ordinal);

    /// <summary>Matches blanks, the keyword, blanks and the tag's end; gives the position after it and its sign.</summary>
    private (int End, char Sign)? MatchKeywordTag(int inside, string keyword)
    {
        var at = SkipSpace(inside);
        if (string.CompareOrdinal(_source, at, keyword, 0, keyword.Length) != 0)
        {
            return null;
        }

        at = SkipSpace(at + keyword.Length);
        var sign = at < _source.Length && _source[at] is '-' or '+' ? _source[at++] : '\0';
        return string.CompareOrdinal(_source, at, "%}", 0, 2) == 0 ? (at + 2, sign) : null;
    }

    private int SkipSpace(int at)
    {
        while (at < _source.Length && PythonText.IsSpace(_source[at]))
        {
            at++;
        }

        return at;
    }

    private void ReadTag(int inside, TokenKind begin, TokenKind end)
    {
        Emit(begin, "");
        MoveTo(inside);
        _brackets.Clear();
        var closing = end == TokenKind.BlockEnd ? "%}" : "}}";
        while (true)
        {
            MoveTo(SkipSpace(_position));
            if (_position >= _source.Length)
            {
                return; // the parser reports the unexpected end, knowing what it looked for
            }

            if (_brackets.Count == 0 && TryCloseTag(closing, end))
            {
                return;
            }

            ReadToken();
        }
    }

    private bool TryCloseTag(string closing, TokenKind end)
    {
        var at = _position;
        var isBlock = end == TokenKind.BlockEnd;
        var sign = _source[at] == '-' || (isBlock && _source[at] == '+') ? _source[at++] : '\0';
        if (string.CompareOrdinal(_source, at, closing, 0, 2) != 0)
        {
            return false;
        }

        Emit(end, "");
        CloseTag(at + 2, sign, trimsNewline: isBlock && sign == '\0');
        return true;
    }

    private void CloseTag(int end, char sign, bool trimsNewline)
    {
        MoveTo(AfterTag(end, sign, trimsNewline));
        _atLineStart = _source[_position - 1] == '\n';
    }

    private int AfterTag(int end, char sign, bool trimsNewline) =>
        sign == '-' ? SkipSpace(end)
        : trimsNewline && end < _source.Length && _source[end] == '\n' ? end + 1
        : end;

    private void ReadToken()
    {
        var c = _source[_position];
        if (c is '\'' or '"')
        {
            ReadString(c);
        }
        else if (char.IsAsciiDigit(c))
        {
            var afterDot = _position > 0 && _source[_position - 1] == '.';
            var (token, end) = NumberLiteral.Read(_source, _position, _line, afterDot);
            _tokens.Add(token);
            MoveTo(end);
        }
        else if (c == '_' || char.IsLetter(c))
        {
            var end = _position + 1;
            while (end < _source.Length && (_source[end] == '_' || char.IsLetterOrDigit(_source[end])))
            {
                end++;
            }

            if (end - _position > MaxNameLength)
            {
                throw TemplateFault.Limit($"a name of more than {MaxNameLength} characters", _line);
            }

            Emit(TokenKind.Name, _source[_position..end]);
            MoveTo(end);
        }
        else
        {
            ReadOperator(c);
        }
    }

    private void ReadString(char quote)
    {
        var end = _position + 1;
        while (end < _source.Length && _source[end] != quote)
        {
            end += _source[end] == '\\' ? 2 : 1;
        }

        if (end >= _source.Length)
        {
            throw TemplateFault.Syntax(_line, "unterminated string");
        }

        Emit(TokenKind.String, StringLiteral.Unescape(_source.AsSpan(_position + 1, end - _position - 1), _line));
        MoveTo(end + 1);
    }

    private void ReadOperator(char c)
    {
        var text = Array.Find(LongOperators, op => string.CompareOrdinal(_source, _position, op, 0, 2) == 0);
        if (text is null && !"+-/*%~[](){}><=.:|,;".Contains(c, StringComparison.Ordinal))
        {
            throw TemplateFault.Syntax(_line, $"unexpected character '{c}'");
        }

        text ??= c.ToString();
        TrackBracket(c);
        Emit(TokenKind.Operator, text);
        MoveTo(_position + text.Length);
    }

    /// <summary>While a bracket is open, <c>}}</c> and <c>%}</c> do not end the tag: <c>{{ {'a': {}} }}</c>.</summary>
    private void TrackBracket(char c)
    {
        switch (c)
        {
            case '(':
                _brackets.Push(')');
                break;
            case '[':
                _brackets.Push(']');
                break;
            case '{':
                _brackets.Push('}');
                break;
            case ')' or ']' or '}':
                if (!_brackets.TryPop(out var expected))
                {
                    throw TemplateFault.Syntax(_line, $"unexpected '{c}'");
                }

                if (expected != c)
                {
                    throw TemplateFault.Syntax(_line, $"unexpected '{c}', expected '{expected}'");
                }

                break;
        }
    }

    private void Emit(TokenKind kind, string text) => _tokens.Add(new Token(kind, text, _line));

    /// <summary>Moves on, counting the lines passed.</summary>
    private void MoveTo(int position)
    {
        _line += _source.AsSpan(_position, position - _position).Count('\n');
        _position = position;
    }
}
