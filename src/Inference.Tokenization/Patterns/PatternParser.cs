using System.Globalization;
using System.Text;

namespace Inference.Tokenization.Patterns;

/// <summary>
/// Reads a pattern in the dialect of Oniguruma's own syntax (doc/RE of the Oniguruma project), which tokenizer.json uses: code points, Unicode
/// properties, nested classes with intersections, lookaround, atomic groups and possessive quantifiers. Groups do not capture, because
/// nothing asks for captures; backreferences and subroutine calls are refused.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxNesting = 200;
    private const int MaxRepeat = 100_000;

    private readonly string _pattern;
    private int _at;
    private int _nesting;
    private bool _ignoreCase;
    private bool _dotMatchesNewline;
    private bool _extended;

    private PatternParser(string pattern) => _pattern = pattern;

    /// <exception cref="PatternException">The pattern is malformed or uses something unsupported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.ParseAlternation();
        return parser._at == pattern.Length ? node : throw parser.Error("unmatched ')'");
    }

    private PatternNode ParseAlternation()
    {
        if (++_nesting > MaxNesting)
            throw Error("groups are nested too deep");
        (bool ignoreCase, bool dot, bool extended) = (_ignoreCase, _dotMatchesNewline, _extended);
        List<PatternNode> choices = [ParseSequence()];
        while (TryTake('|'))
            choices.Add(ParseSequence());
        (_ignoreCase, _dotMatchesNewline, _extended) = (ignoreCase, dot, extended);
        _nesting--;
        return choices.Count == 1 ? choices[0] : new PatternNode.Alternation(choices);
    }

    private PatternNode.Sequence ParseSequence()
    {
        List<PatternNode> items = [];
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            if (_extended && SkipFreeSpace())
                continue;
            if (ParseAtom() is { } atom)
                items.Add(ParseQuantifiers(atom));
        }
        return new PatternNode.Sequence(items);
    }

    private bool SkipFreeSpace()
    {
        if (_pattern[_at] == '#')
        {
            while (_at < _pattern.Length && _pattern[_at] != '\n')
                _at++;
            return true;
        }
        if (!char.IsWhiteSpace(_pattern[_at]))
            return false;
        _at++;
        return true;
    }

    private PatternNode ParseQuantifiers(PatternNode atom)
    {
        while (_at < _pattern.Length)
        {
            bool interval = _pattern[_at] == '{';
            if (!TryParseRepeat(out int min, out int max))
                break;
            bool lazy = TryTake('?');
            // Only ?, * and + have possessive forms; after an interval a plus repeats the whole once more.
            bool possessive = !lazy && !interval && TryTake('+');
            atom = new PatternNode.Repeat(atom, min, max, lazy);
            if (possessive)
                atom = new PatternNode.Atomic(atom);
        }
        return atom;
    }

    private bool TryParseRepeat(out int min, out int max)
    {
        (min, max) = (0, int.MaxValue);
        switch (_pattern[_at])
        {
            case '*':
                break;
            case '+':
                min = 1;
                break;
            case '?':
                max = 1;
                break;
            case '{':
                return TryParseInterval(out min, out max);
            default:
                return false;
        }
        _at++;
        return true;
    }

    /// <summary>{n}, {n,}, {,m} or {n,m}; anything else after a brace is ordinary text.</summary>
    private bool TryParseInterval(out int min, out int max)
    {
        int start = _at++;
        (min, max) = (0, int.MaxValue);
        bool hasMin = TryTakeNumber(out int first);
        bool comma = TryTake(',');
        bool hasMax = TryTakeNumber(out int last);
        if (!TryTake('}') || (!hasMin && !hasMax) || (!comma && !hasMin))
        {
            _at = start;
            return false;
        }
        min = hasMin ? first : 0;
        max = hasMax ? last : comma ? int.MaxValue : min;
        return min <= max ? true : throw Error("a repeat's lower limit is over its upper limit");
    }

    private bool TryTakeNumber(out int value)
    {
        int start = _at;
        value = 0;
        for (; _at < _pattern.Length && char.IsAsciiDigit(_pattern[_at]); _at++)
            value = value <= MaxRepeat ? value * 10 + (_pattern[_at] - '0') : value;
        return value <= MaxRepeat ? _at > start : throw Error("a repeat count is too large");
    }

    /// <summary>One atom; null for a construct that matches nothing by itself (an inline option, a comment).</summary>
    private PatternNode? ParseAtom()
    {
        switch (_pattern[_at])
        {
            case '(':
                _at++;
                return ParseGroup();
            case '[':
                _at++;
                return new PatternNode.One(ParseClass());
            case '.':
                _at++;
                return new PatternNode.One(_dotMatchesNewline ? CodePointSet.All : CodePointSet.Of('\n').Complement());
            case '^':
                _at++;
                return new PatternNode.Anchor(AnchorKind.LineStart);
            case '$':
                _at++;
                return new PatternNode.Anchor(AnchorKind.LineEnd);
            case '\\':
                return ParseEscape();
            case '*' or '+' or '?':
                throw Error("a quantifier has nothing to repeat");
            default:
                return Literal(TakeCodePoint());
        }
    }

    private PatternNode.One Literal(int codePoint) => new(FoldCase(CodePointSet.Of(codePoint)));

    private CodePointSet FoldCase(CodePointSet set) => _ignoreCase ? UnicodeSets.WithOtherCases(set) : set;

    private PatternNode? ParseGroup()
    {
        if (!TryTake('?'))
            return CloseGroup(ParseAlternation());
        if (TryTake("<="))
            return CloseGroup(new PatternNode.Look(ParseAlternation(), Behind: true, Negative: false));
        if (TryTake("<!"))
            return CloseGroup(new PatternNode.Look(ParseAlternation(), Behind: true, Negative: true));
        switch (Take())
        {
            case ':':
                return CloseGroup(ParseAlternation());
            case '=':
                return CloseGroup(new PatternNode.Look(ParseAlternation(), Behind: false, Negative: false));
            case '!':
                return CloseGroup(new PatternNode.Look(ParseAlternation(), Behind: false, Negative: true));
            case '>':
                return CloseGroup(new PatternNode.Atomic(ParseAlternation()));
            case '<':
                SkipPast('>');
                return CloseGroup(ParseAlternation());
            case '#':
                SkipPast(')');
                return null;
            default:
                _at--;
                return ParseOptionGroup();
        }
    }

    /// <summary>(?i-m:...) or (?i): the latter holds to the end of the enclosing group.</summary>
    private PatternNode ParseOptionGroup()
    {
        (bool ignoreCase, bool dot, bool extended) = (_ignoreCase, _dotMatchesNewline, _extended);
        bool on = true;
        while (true)
        {
            switch (Take())
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 'm' or 's':
                    _dotMatchesNewline = on;
                    break;
                case 'x':
                    _extended = on;
                    break;
                case ':':
                    PatternNode body = CloseGroup(ParseAlternation());
                    (_ignoreCase, _dotMatchesNewline, _extended) = (ignoreCase, dot, extended);
                    return body;
                case ')':
                    // The rest of the group, its further alternatives included, is under the new options.
                    PatternNode rest = ParseAlternation();
                    (_ignoreCase, _dotMatchesNewline, _extended) = (ignoreCase, dot, extended);
                    return rest;
                default:
                    throw Error("unknown group option");
            }
        }
    }

    private PatternNode CloseGroup(PatternNode node) => TryTake(')') ? node : throw Error("a group is not closed");

    private PatternNode ParseEscape()
    {
        _at++;
        char escape = Peek();
        AnchorKind? anchor = escape switch
        {
            'A' => AnchorKind.TextStart,
            'z' => AnchorKind.TextEnd,
            'Z' => AnchorKind.TextEndOrFinalNewline,
            'b' => AnchorKind.WordBoundary,
            'B' => AnchorKind.NotWordBoundary,
            _ => null,
        };
        if (anchor is { } kind)
        {
            _at++;
            return new PatternNode.Anchor(kind);
        }
        if (escape is >= '1' and <= '9' or 'k' or 'g' or 'G' or 'K' or 'R' or 'X')
            throw Error($"\\{escape} is not supported");
        if (TryParseSetEscape() is { } set)
            return new PatternNode.One(FoldCase(set));
        return Literal(ParseEscapedCodePoint());
    }

    /// <summary>At the letter after a backslash: a set such as \s or \p{L}, or null (nothing taken) when it is a single code point.</summary>
    private CodePointSet? TryParseSetEscape()
    {
        char escape = Peek();
        CodePointSet? set = char.ToLowerInvariant(escape) switch
        {
            's' => UnicodeSets.WhiteSpace,
            'd' => UnicodeSets.DecimalDigit,
            'w' => UnicodeSets.Word,
            'h' => UnicodeSets.Property("XDigit"),
            'p' => CodePointSet.Empty,
            _ => null,
        };
        if (set is null)
            return null;
        _at++;
        if (escape is 'p' or 'P')
            set = ParseProperty();
        return char.IsAsciiLetterUpper(escape) ? set.Complement() : set;
    }

    private CodePointSet ParseProperty()
    {
        if (!TryTake('{'))
            throw Error("\\p needs a name in braces");
        bool negated = TryTake('^');
        int start = _at;
        SkipPast('}');
        string name = _pattern[start..(_at - 1)];
        CodePointSet set = UnicodeSets.Property(name) ?? throw Error($"property '{name}' is not known");
        return negated ? set.Complement() : set;
    }

    private int ParseEscapedCodePoint()
    {
        char escape = Peek();
        switch (escape)
        {
            case 'x' when Peek(1) == '{':
                _at += 2;
                int start = _at;
                SkipPast('}');
                return HexNumber(_pattern.AsSpan(start, _at - 1 - start));
            case 'x':
                _at++;
                return TakeHex(2);
            case 'u':
                _at++;
                return TakeHex(4);
        }
        int codePoint = TakeCodePoint();
        return codePoint switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'f' => '\f',
            'v' => '\v',
            'a' => '\a',
            'e' => 0x1B,
            '0' => 0,
            _ => codePoint,
        };
    }

    private int TakeHex(int maxDigits)
    {
        int start = _at;
        while (_at < _pattern.Length && _at - start < maxDigits && char.IsAsciiHexDigit(_pattern[_at]))
            _at++;
        return HexNumber(_pattern.AsSpan(start, _at - start));
    }

    private int HexNumber(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) && value is >= 0 and < CodePointSet.Limit
            ? value
            : throw Error("not a hexadecimal code point");

    /// <summary>After '[': a class, with nested classes, ranges and &amp;&amp;.</summary>
    private CodePointSet ParseClass()
    {
        if (++_nesting > MaxNesting)
            throw Error("classes are nested too deep");
        bool negated = TryTake('^');
        CodePointSet? intersection = null;
        CodePointSet set = CodePointSet.Empty;
        for (bool first = true; first || Peek() != ']'; first = false)
        {
            if (TryTake("&&"))
            {
                intersection = intersection?.Intersect(set) ?? set;
                set = CodePointSet.Empty;
            }
            else
            {
                set = set.Union(ParseClassItem());
            }
        }
        _at++;
        _nesting--;
        set = FoldCase(intersection?.Intersect(set) ?? set);
        return negated ? set.Complement() : set;
    }

    private CodePointSet ParseClassItem()
    {
        if (TryTake("[:"))
            return ParsePosixBracket();
        if (TryTake('['))
            return ParseClass();
        int first;
        if (TryTake('\\'))
        {
            if (TryParseSetEscape() is { } set)
                return set;
            first = TryTake('b') ? '\b' : ParseEscapedCodePoint();
        }
        else
        {
            first = TakeCodePoint();
        }
        if (Peek() != '-' || Peek(1) is ']' or '[')
            return CodePointSet.Of(first);
        _at++;
        if (Peek() == '\\' && char.ToLowerInvariant(Peek(1)) is 's' or 'd' or 'w' or 'h' or 'p')
            return CodePointSet.OfRanges((first, first), ('-', '-'));
        int last = TryTake('\\') ? ParseEscapedCodePoint() : TakeCodePoint();
        return first <= last ? CodePointSet.OfRanges((first, last)) : throw Error("a range in a class is reversed");
    }

    private CodePointSet ParsePosixBracket()
    {
        bool negated = TryTake('^');
        int start = _at;
        SkipPast(']');
        string name = _pattern[start..(_at - 1)].TrimEnd(':');
        CodePointSet set = UnicodeSets.Property(name) ?? throw Error($"class '[:{name}:]' is not known");
        return negated ? set.Complement() : set;
    }

    private char Peek(int ahead = 0) => _at + ahead < _pattern.Length ? _pattern[_at + ahead] : throw Error("the pattern ends too early");

    private char Take()
    {
        char c = Peek();
        _at++;
        return c;
    }

    private int TakeCodePoint()
    {
        Peek();
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(_at), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            throw Error("a surrogate without its other half");
        _at += length;
        return rune.Value;
    }

    private bool TryTake(char c)
    {
        if (_at >= _pattern.Length || _pattern[_at] != c)
            return false;
        _at++;
        return true;
    }

    private bool TryTake(string text)
    {
        if (!_pattern.AsSpan(_at).StartsWith(text, StringComparison.Ordinal))
            return false;
        _at += text.Length;
        return true;
    }

    private void SkipPast(char c)
    {
        int found = _pattern.IndexOf(c, _at);
        _at = found >= 0 ? found + 1 : throw Error($"'{c}' is missing");
    }

    private PatternException Error(string what) => new($"{what} (at offset {_at} of the pattern)");
}
