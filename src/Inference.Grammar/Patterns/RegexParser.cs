using System.Globalization;
using System.Text;

namespace Inference.Grammar.Patterns;

/// <summary>
/// Reads ECMAScript patterns in Unicode mode (ECMA-262, section 22.2.1) but for what no finite automaton can do cheaply: look-around,
/// back-references and word boundaries are refused by name.
/// </summary>
internal sealed class RegexParser
{
    private const int MaxNesting = 200;
    private const int MaxCount = 100_000;

    private readonly string _pattern;
    private readonly string _place;
    private int _position;
    private int _nesting;

    private RegexParser(string pattern, string place) => (_pattern, _place) = (pattern, place);

    /// <param name="pattern">The pattern, without slashes around it.</param>
    /// <param name="place">What to call it in errors.</param>
    /// <exception cref="ConstraintException">It is malformed or uses something that is not supported.</exception>
    public static RegexNode Parse(string pattern, string place)
    {
        var parser = new RegexParser(pattern, place);
        var node = parser.ReadAlternatives();
        return parser._position == pattern.Length ? node : throw parser.Error("unmatched )");
    }

    private RegexNode ReadAlternatives()
    {
        if (++_nesting > MaxNesting)
            throw Error($"groups nest deeper than {MaxNesting}");
        var items = new List<RegexNode> { ReadSequence() };
        while (TryTake('|'))
            items.Add(ReadSequence());
        _nesting--;
        return items.Count == 1 ? items[0] : new RegexNode.Alternatives(items);
    }

    private RegexNode ReadSequence()
    {
        var items = new List<RegexNode>();
        while (_position < _pattern.Length && _pattern[_position] is not ('|' or ')'))
        {
            var item = ReadItem();
            items.Add(item is RegexNode.Start or RegexNode.End ? item : ReadRepeat(item));
        }

        return items.Count == 1 ? items[0] : new RegexNode.Sequence(items);
    }

    private RegexNode ReadItem()
    {
        switch (_pattern[_position])
        {
            case '^':
                _position++;
                return new RegexNode.Start();
            case '$':
                _position++;
                return new RegexNode.End();
            case '.':
                _position++;
                return new RegexNode.Character(CharacterClasses.Dot);
            case '(':
                return ReadGroup();
            case '[':
                _position++;
                return new RegexNode.Character(ReadClass());
            case '\\':
                _position++;
                return new RegexNode.Character(ReadEscape(isInClass: false));
            case '*' or '+' or '?':
                throw Error("nothing to repeat");
            default:
                return new RegexNode.Character(One(ReadScalar()));
        }
    }

    private RegexNode ReadGroup()
    {
        _position++;
        if (TryTake('?'))
            ReadGroupKind();
        var node = ReadAlternatives();
        return TryTake(')') ? node : throw Error("unmatched (");
    }

    private void ReadGroupKind()
    {
        if (TryTake(':'))
            return;
        if (!TryTake('<') && !TryTake("P<"))
            throw Error(Peek() is '=' or '!' ? "look-ahead is not supported" : "this kind of group is not supported");
        if (Peek() is '=' or '!')
            throw Error("look-behind is not supported");
        var end = _pattern.IndexOf('>', _position);
        if (end < 0)
            throw Error("a group's name has no end");
        _position = end + 1;
    }

    /// <summary>Lazy quantifiers match the same texts as greedy ones.</summary>
    private RegexNode ReadRepeat(RegexNode item)
    {
        if (ReadQuantifier() is not var (min, max))
            return item;
        TryTake('?');
        return Peek() is '*' or '+' or '?' || ReadQuantifier() is not null ? throw Error("a quantifier follows a quantifier") : new RegexNode.Repeat(item, min, max);
    }

    private (int Min, int? Max)? ReadQuantifier()
    {
        if (TryTake('*'))
            return (0, null);
        if (TryTake('+'))
            return (1, null);
        if (TryTake('?'))
            return (0, 1);
        if (Peek() != '{')
            return null;

        var start = _position++;
        if (ReadNumber() is not { } min)
        {
            // Outside Unicode mode a brace that counts nothing stands for itself.
            _position = start;
            return null;
        }

        int? max = min;
        if (TryTake(','))
            max = ReadNumber();
        if (!TryTake('}'))
            throw Error("a quantifier has no end");
        if (max < min)
            throw Error("a quantifier's numbers are out of order");
        return (min, max);
    }

    private int? ReadNumber()
    {
        var start = _position;
        while (Peek() is >= '0' and <= '9')
            _position++;
        if (start == _position)
            return null;
        return int.TryParse(_pattern.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= MaxCount
            ? number
            : throw Error($"a quantifier counts further than {MaxCount}");
    }

    private CodePointSet ReadClass()
    {
        var isNegated = TryTake('^');
        var ranges = new List<(int Low, int High)>();
        while (!TryTake(']'))
        {
            if (_position == _pattern.Length)
                throw Error("a character class has no end");
            var low = ReadClassItem();
            if (Peek() == '-' && _position + 1 < _pattern.Length && _pattern[_position + 1] != ']')
            {
                _position++;
                var high = ReadClassItem();
                if (!IsOne(low) || !IsOne(high) || low.Ranges[0].Low > high.Ranges[0].Low)
                    throw Error("a range of a character class is out of order or not of single characters");
                ranges.Add((low.Ranges[0].Low, high.Ranges[0].Low));
            }
            else
            {
                ranges.AddRange(low.Ranges);
            }
        }

        var set = CodePointSet.OfRanges(ranges);
        return isNegated ? set.Complement() : set;
    }

    private CodePointSet ReadClassItem()
    {
        if (_position == _pattern.Length)
            throw Error("a character class has no end");
        return TryTake('\\') ? ReadEscape(isInClass: true) : One(ReadScalar());
    }

    private CodePointSet ReadEscape(bool isInClass)
    {
        if (_position == _pattern.Length)
            throw Error("\\ at the end");
        var escape = _pattern[_position++];
        switch (escape)
        {
            case 'd':
                return CharacterClasses.Digit;
            case 'D':
                return CharacterClasses.Digit.Complement();
            case 'w':
                return CharacterClasses.Word;
            case 'W':
                return CharacterClasses.Word.Complement();
            case 's':
                return CharacterClasses.Space;
            case 'S':
                return CharacterClasses.Space.Complement();
            case 'p' or 'P':
                var property = ReadProperty();
                return escape == 'p' ? property : property.Complement();
            case 'b' when !isInClass:
            case 'B' when !isInClass:
                throw Error($"word boundaries (\\{escape}) are not supported");
            case >= '1' and <= '9':
            case 'k' when !isInClass:
                throw Error("back-references are not supported");
            default:
                return One(ReadCharacterEscape(escape));
        }
    }

    private int ReadCharacterEscape(char escape)
    {
        switch (escape)
        {
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case '0' when Peek() is not (>= '0' and <= '9'):
                return 0;
            case 'c' when Peek() is { } letter && char.IsAsciiLetter(letter):
                _position++;
                return letter % 32;
            case 'x':
                return ReadHex(2);
            case 'u' when TryTake('{'):
                var end = _pattern.IndexOf('}', _position);
                if (end < 0 || end - _position is < 1 or > 8)
                    throw Error("\\u{ has no end");
                var scalar = ReadHex(end - _position);
                _position++;
                return Rune.IsValid(scalar) ? scalar : throw Error("\\u{...} is not a character");
            case 'u':
                return ReadUtf16Escape();
            default:
                return char.IsAsciiLetterOrDigit(escape) || char.IsSurrogate(escape) ? throw Error($"\\{escape} is not supported") : escape;
        }
    }

    private int ReadUtf16Escape()
    {
        var unit = ReadHex(4);
        if (!char.IsSurrogate((char)unit))
            return unit;
        if (char.IsHighSurrogate((char)unit) && TryTake("\\u") && ReadHex(4) is var low && char.IsLowSurrogate((char)low))
            return char.ConvertToUtf32((char)unit, (char)low);
        throw Error("\\u names half a surrogate pair");
    }

    private CodePointSet ReadProperty()
    {
        if (!TryTake('{') || _pattern.IndexOf('}', _position) is not (>= 0 and var end))
            throw Error("\\p needs a property in braces");
        var name = _pattern[_position..end];
        if (UnicodeCategories.Find(name) is not { } set)
            throw Error($"\\p{{{(name.Length <= 40 ? name : name[..40] + "…")}}} is not supported: only general categories are");
        _position = end + 1;
        return set;
    }

    private int ReadHex(int digits)
    {
        if (_position + digits > _pattern.Length
            || !int.TryParse(_pattern.AsSpan(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value))
        {
            throw Error("hexadecimal digits are missing");
        }

        _position += digits;
        return value;
    }

    private int ReadScalar()
    {
        if (!Rune.TryGetRuneAt(_pattern, _position, out var rune))
            throw Error("half a surrogate pair");
        _position += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private static CodePointSet One(int codePoint) => CodePointSet.OfRange(codePoint, codePoint);

    private static bool IsOne(CodePointSet set) => set.Ranges is [var (low, high)] && low == high;

    private char? Peek() => _position < _pattern.Length ? _pattern[_position] : null;

    private bool TryTake(char expected)
    {
        if (Peek() != expected)
            return false;
        _position++;
        return true;
    }

    private bool TryTake(string expected)
    {
        if (string.CompareOrdinal(_pattern, _position, expected, 0, expected.Length) != 0)
            return false;
        _position += expected.Length;
        return true;
    }

    private ConstraintException Error(string what) => new($"{_place}: {what} (at character {_position} of the pattern).");
}
