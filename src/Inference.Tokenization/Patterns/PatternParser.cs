namespace Inference.Tokenization.Patterns;

/// <summary>
/// Reads a pattern in the dialect of Oniguruma's own syntax (doc/RE of the Oniguruma project), which tokenizer.json uses: code points,
/// Unicode properties, nested classes with intersections, lookaround, atomic groups and possessive quantifiers. Groups do not capture,
/// because nothing asks for captures; backreferences and subroutine calls are refused.
/// </summary>
internal sealed class PatternParser
{
    private const int MaxNesting = 200;

    private readonly PatternCursor _cursor;
    private int _nesting;
    private bool _ignoreCase;
    private bool _dotMatchesNewline;
    private bool _extended;

    private PatternParser(string pattern) => _cursor = new PatternCursor(pattern);

    /// <exception cref="PatternException">The pattern is malformed or uses something unsupported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        PatternNode node = parser.ParseAlternation();
        return parser._cursor.AtEnd ? node : throw parser._cursor.Error("unmatched ')'");
    }

    private PatternNode ParseAlternation()
    {
        if (++_nesting > MaxNesting)
            throw _cursor.Error("groups are nested too deep");
        (bool ignoreCase, bool dot, bool extended) = (_ignoreCase, _dotMatchesNewline, _extended);
        List<PatternNode> choices = [ParseSequence()];
        while (_cursor.TryTake('|'))
            choices.Add(ParseSequence());
        (_ignoreCase, _dotMatchesNewline, _extended) = (ignoreCase, dot, extended);
        _nesting--;
        return choices.Count == 1 ? choices[0] : new PatternNode.Alternation(choices);
    }

    private PatternNode.Sequence ParseSequence()
    {
        List<PatternNode> items = [];
        while (!_cursor.AtEnd && _cursor.Peek() is not ('|' or ')'))
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
        if (_cursor.Peek() == '#')
        {
            while (!_cursor.AtEnd && _cursor.Peek() != '\n')
                _cursor.At++;
            return true;
        }
        if (!char.IsWhiteSpace(_cursor.Peek()))
            return false;
        _cursor.At++;
        return true;
    }

    private PatternNode ParseQuantifiers(PatternNode atom)
    {
        while (!_cursor.AtEnd)
        {
            bool interval = _cursor.Peek() == '{';
            if (!TryParseRepeat(out int min, out int max))
                break;
            bool lazy = _cursor.TryTake('?');
            // Only ?, * and + have possessive forms; after an interval a plus repeats the whole once more.
            bool possessive = !lazy && !interval && _cursor.TryTake('+');
            atom = new PatternNode.Repeat(atom, min, max, lazy);
            if (possessive)
                atom = new PatternNode.Atomic(atom);
        }
        return atom;
    }

    private bool TryParseRepeat(out int min, out int max)
    {
        (min, max) = (0, int.MaxValue);
        switch (_cursor.Peek())
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
        _cursor.At++;
        return true;
    }

    /// <summary>{n}, {n,}, {,m} or {n,m}; anything else after a brace is ordinary text.</summary>
    private bool TryParseInterval(out int min, out int max)
    {
        int start = _cursor.At++;
        (min, max) = (0, int.MaxValue);
        bool hasMin = _cursor.TryTakeNumber(out int first);
        bool comma = _cursor.TryTake(',');
        bool hasMax = _cursor.TryTakeNumber(out int last);
        if (!_cursor.TryTake('}') || (!hasMin && !hasMax) || (!comma && !hasMin))
        {
            _cursor.At = start;
            return false;
        }
        min = hasMin ? first : 0;
        max = hasMax ? last : comma ? int.MaxValue : min;
        return min <= max ? true : throw _cursor.Error("a repeat's lower limit is over its upper limit");
    }

    /// <summary>One atom; null for a construct that matches nothing by itself (an inline option, a comment).</summary>
    private PatternNode? ParseAtom()
    {
        switch (_cursor.Peek())
        {
            case '(':
                _cursor.At++;
                return ParseGroup();
            case '[':
                _cursor.At++;
                return new PatternNode.One(ParseClass());
            case '.':
                _cursor.At++;
                return new PatternNode.One(_dotMatchesNewline ? CodePointSet.All : CodePointSet.Of('\n').Complement());
            case '^':
                _cursor.At++;
                return new PatternNode.Anchor(AnchorKind.LineStart);
            case '$':
                _cursor.At++;
                return new PatternNode.Anchor(AnchorKind.LineEnd);
            case '\\':
                return ParseEscape();
            case '*' or '+' or '?':
                throw _cursor.Error("a quantifier has nothing to repeat");
            default:
                return Literal(_cursor.TakeCodePoint());
        }
    }

    private PatternNode.One Literal(int codePoint) => new(FoldCase(CodePointSet.Of(codePoint)));

    private CodePointSet FoldCase(CodePointSet set) => _ignoreCase ? UnicodeSets.WithOtherCases(set) : set;

    private PatternNode? ParseGroup()
    {
        if (!_cursor.TryTake('?'))
            return CloseGroup(ParseAlternation());
        if (_cursor.TryTake("<="))
            return CloseGroup(new PatternNode.Look(ParseAlternation(), Behind: true, Negative: false));
        if (_cursor.TryTake("<!"))
            return CloseGroup(new PatternNode.Look(ParseAlternation(), Behind: true, Negative: true));
        switch (_cursor.Take())
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
                _cursor.TakePast('>');
                return CloseGroup(ParseAlternation());
            case '#':
                _cursor.TakePast(')');
                return null;
            default:
                _cursor.At--;
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
            switch (_cursor.Take())
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
                    throw _cursor.Error("unknown group option");
            }
        }
    }

    private PatternNode CloseGroup(PatternNode node) => _cursor.TryTake(')') ? node : throw _cursor.Error("a group is not closed");

    private PatternNode ParseEscape()
    {
        _cursor.At++;
        char escape = _cursor.Peek();
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
            _cursor.At++;
            return new PatternNode.Anchor(kind);
        }
        if (escape is >= '1' and <= '9' or 'k' or 'g' or 'G' or 'K' or 'R' or 'X')
            throw _cursor.Error($"\\{escape} is not supported");
        if (TryParseSetEscape() is { } set)
            return new PatternNode.One(FoldCase(set));
        return Literal(_cursor.ParseEscapedCodePoint());
    }

    /// <summary>
    /// At the letter after a backslash: a set such as \s or \p{L}, or null (nothing taken) when it is a single code point.
    /// </summary>
    private CodePointSet? TryParseSetEscape()
    {
        char escape = _cursor.Peek();
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
        _cursor.At++;
        if (escape is 'p' or 'P')
            set = ParseProperty();
        return char.IsAsciiLetterUpper(escape) ? set.Complement() : set;
    }

    private CodePointSet ParseProperty()
    {
        if (!_cursor.TryTake('{'))
            throw _cursor.Error("\\p needs a name in braces");
        bool negated = _cursor.TryTake('^');
        string name = _cursor.TakePast('}');
        CodePointSet set = UnicodeSets.Property(name) ?? throw _cursor.Error($"property '{name}' is not known");
        return negated ? set.Complement() : set;
    }

    /// <summary>After '[': a class, with nested classes, ranges and &amp;&amp;.</summary>
    private CodePointSet ParseClass()
    {
        if (++_nesting > MaxNesting)
            throw _cursor.Error("classes are nested too deep");
        bool negated = _cursor.TryTake('^');
        CodePointSet? intersection = null;
        CodePointSet set = CodePointSet.Empty;
        for (bool first = true; first || _cursor.Peek() != ']'; first = false)
        {
            if (_cursor.TryTake("&&"))
            {
                intersection = intersection?.Intersect(set) ?? set;
                set = CodePointSet.Empty;
            }
            else
            {
                set = set.Union(ParseClassItem());
            }
        }
        _cursor.At++;
        _nesting--;
        set = FoldCase(intersection?.Intersect(set) ?? set);
        return negated ? set.Complement() : set;
    }

    private CodePointSet ParseClassItem()
    {
        if (_cursor.TryTake("[:"))
            return ParsePosixBracket();
        if (_cursor.TryTake('['))
            return ParseClass();
        int first;
        if (_cursor.TryTake('\\'))
        {
            if (TryParseSetEscape() is { } set)
                return set;
            first = _cursor.TryTake('b') ? '\b' : _cursor.ParseEscapedCodePoint();
        }
        else
        {
            first = _cursor.TakeCodePoint();
        }
        if (_cursor.Peek() != '-' || _cursor.Peek(1) is ']' or '[')
            return CodePointSet.Of(first);
        _cursor.At++;
        if (_cursor.Peek() == '\\' && char.ToLowerInvariant(_cursor.Peek(1)) is 's' or 'd' or 'w' or 'h' or 'p')
            return CodePointSet.OfRanges((first, first), ('-', '-'));
        int last = _cursor.TryTake('\\') ? _cursor.ParseEscapedCodePoint() : _cursor.TakeCodePoint();
        return first <= last ? CodePointSet.OfRanges((first, last)) : throw _cursor.Error("a range in a class is reversed");
    }

    private CodePointSet ParsePosixBracket()
    {
        bool negated = _cursor.TryTake('^');
        string name = _cursor.TakePast(']').TrimEnd(':');
        CodePointSet set = UnicodeSets.Property(name) ?? throw _cursor.Error($"class '[:{name}:]' is not known");
        return negated ? set.Complement() : set;
    }
}
