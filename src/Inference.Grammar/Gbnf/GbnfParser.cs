using System.Globalization;
using System.Text;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Gbnf;

/// <summary>
/// Reads GBNF: rules <c>name ::= ...</c> of literals, character classes, groups, alternatives and repetitions; comments after #. Line ends
/// mean nothing: a rule ends where the next one's name and ::= begin.
/// </summary>
internal sealed class GbnfParser
{
    private const int MaxNesting = 200;
    private const int MaxCount = 100_000;

    private readonly string _source;
    private int _position;
    private int _nesting;

    private GbnfParser(string source) => _source = source;

    /// <summary>The rules by name, in order.</summary>
    /// <exception cref="ConstraintException">The grammar is malformed; names the line.</exception>
    public static IReadOnlyList<(string Name, GbnfNode Body)> Parse(string source)
    {
        var parser = new GbnfParser(source);
        var rules = new List<(string, GbnfNode)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        parser.SkipSpace();
        while (parser._position < source.Length)
        {
            var name = parser.ReadName();
            if (!parser.TryTake("::="))
                throw parser.Error("a rule's name must be followed by ::=");
            if (!names.Add(name))
                throw parser.Error($"the rule {name} is defined twice");
            parser.SkipSpace();
            rules.Add((name, parser.ReadAlternatives()));
            if (parser._position < source.Length && !parser.IsAtRule())
                throw parser.Error($"'{source[parser._position]}' is not expected here");
        }

        return rules;
    }

    private GbnfNode ReadAlternatives()
    {
        if (++_nesting > MaxNesting)
            throw Error($"groups nest deeper than {MaxNesting}");
        var items = new List<GbnfNode> { ReadSequence() };
        while (TryTake("|"))
            items.Add(ReadSequence());
        _nesting--;
        return items.Count == 1 ? items[0] : new GbnfNode.Alternatives(items);
    }

    private GbnfNode ReadSequence()
    {
        var items = new List<GbnfNode>();
        while (_position < _source.Length && _source[_position] is not ('|' or ')') && !IsAtRule())
            items.Add(ReadRepeat(ReadItem()));
        return items.Count == 1 ? items[0] : new GbnfNode.Sequence(items);
    }

    private GbnfNode ReadItem()
    {
        var first = _source[_position];
        if (first is '"' or '\'')
            return new GbnfNode.Literal(ReadLiteral(first));
        if (first == '[')
            return new GbnfNode.Character(ReadClass());
        if (TryTake("."))
            return new GbnfNode.Character(CodePointSet.All);
        if (TryTake("("))
        {
            var group = ReadAlternatives();
            return TryTake(")") ? group : throw Error("a group has no end");
        }

        return IsNameCharacter(first) ? new GbnfNode.Call(ReadName()) : throw Error($"'{first}' is not expected here");
    }

    private GbnfNode ReadRepeat(GbnfNode item)
    {
        while (true)
        {
            if (TryTake("*"))
                item = new GbnfNode.Repeat(item, 0, null);
            else if (TryTake("+"))
                item = new GbnfNode.Repeat(item, 1, null);
            else if (TryTake("?"))
                item = new GbnfNode.Repeat(item, 0, 1);
            else if (TryTake("{"))
                item = ReadCounts(item);
            else
                return item;
            // Each repetition is a level of the tree.
            if (item is GbnfNode.Repeat { Item: GbnfNode.Repeat { Item: GbnfNode.Repeat { Item: GbnfNode.Repeat } } })
                throw Error("repetitions of repetitions nest too deep");
        }
    }

    private GbnfNode.Repeat ReadCounts(GbnfNode item)
    {
        var min = ReadNumber() ?? 0;
        int? max = min;
        if (TryTake(","))
            max = ReadNumber();
        if (!TryTake("}"))
            throw Error("a repetition has no end");
        return max < min ? throw Error("a repetition's numbers are out of order") : new GbnfNode.Repeat(item, min, max);
    }

    private int? ReadNumber()
    {
        var start = _position;
        while (_position < _source.Length && char.IsAsciiDigit(_source[_position]))
            _position++;
        if (start == _position)
            return null;
        var isNumber = int.TryParse(_source.AsSpan(start, _position - start), NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        SkipSpace();
        return isNumber && number <= MaxCount ? number : throw Error($"a repetition counts further than {MaxCount}");
    }

    private string ReadLiteral(char quote)
    {
        _position++;
        var text = new StringBuilder();
        while (true)
        {
            if (_position == _source.Length)
                throw Error("a literal has no end");
            if (_source[_position] == quote)
                break;
            text.Append(new Rune(ReadCharacter()));
        }

        _position++;
        SkipSpace();
        return text.ToString();
    }

    private CodePointSet ReadClass()
    {
        _position++;
        var isNegated = _position < _source.Length && _source[_position] == '^';
        if (isNegated)
            _position++;
        var ranges = new List<(int, int)>();
        while (true)
        {
            if (_position == _source.Length)
                throw Error("a character class has no end");
            if (_source[_position] == ']')
                break;
            var low = ReadCharacter();
            var high = low;
            if (_position + 1 < _source.Length && _source[_position] == '-' && _source[_position + 1] != ']')
            {
                _position++;
                high = ReadCharacter();
            }

            if (high < low)
                throw Error("a range of a character class is out of order");
            ranges.Add((low, high));
        }

        _position++;
        SkipSpace();
        var set = CodePointSet.OfRanges(ranges);
        return isNegated ? set.Complement() : set;
    }

    private int ReadCharacter()
    {
        if (!Rune.TryGetRuneAt(_source, _position, out var rune))
            throw Error("half a surrogate pair");
        _position += rune.Utf16SequenceLength;
        if (rune.Value != '\\')
            return rune.Value;

        if (_position == _source.Length)
            throw Error("\\ at the end");
        var escape = _source[_position++];
        return escape switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'x' => ReadHex(2),
            'u' => ReadHex(4),
            'U' => ReadHex(8),
            _ when !char.IsAsciiLetterOrDigit(escape) && !char.IsSurrogate(escape) => escape,
            _ => throw Error($"\\{escape} is not supported"),
        };
    }

    private int ReadHex(int digits)
    {
        if (_position + digits > _source.Length
            || !int.TryParse(_source.AsSpan(_position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            || !Rune.IsValid(value))
        {
            throw Error($"an escape needs {digits} hexadecimal digits of a character");
        }

        _position += digits;
        return value;
    }

    private string ReadName()
    {
        var start = _position;
        while (_position < _source.Length && IsNameCharacter(_source[_position]))
            _position++;
        if (start == _position)
            throw Error($"'{_source[_position]}' is not expected here: a rule's name is");
        var name = _source[start.._position];
        SkipSpace();
        return name.Length <= 200 ? name : throw Error("a rule's name is too long");
    }

    /// <summary>Whether a rule's name and ::= come next.</summary>
    private bool IsAtRule()
    {
        if (!IsNameCharacter(_source[_position]))
            return false;
        var at = _position;
        while (at < _source.Length && IsNameCharacter(_source[at]))
            at++;
        while (at < _source.Length && _source[at] is ' ' or '\t')
            at++;
        return string.CompareOrdinal(_source, at, "::=", 0, 3) == 0;
    }

    private void SkipSpace()
    {
        while (_position < _source.Length && (char.IsWhiteSpace(_source[_position]) || _source[_position] == '#'))
        {
            if (_source[_position] != '#')
                _position++;
            else
                _position = _source.IndexOf('\n', _position) is >= 0 and var end ? end : _source.Length;
        }
    }

    /// <summary>Takes a mark, and the space after it.</summary>
    private bool TryTake(string expected)
    {
        if (string.CompareOrdinal(_source, _position, expected, 0, expected.Length) != 0)
            return false;
        _position += expected.Length;
        SkipSpace();
        return true;
    }

    private static bool IsNameCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';

    private ConstraintException Error(string what)
    {
        var line = 1 + _source.AsSpan(0, Math.Min(_position, _source.Length)).Count('\n');
        return new ConstraintException($"The grammar, line {line}: {what}.");
    }
}
