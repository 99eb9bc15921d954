using Inference.Grammar.Automata;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Json;

/// <summary>
/// Strings. Those without demands may be spelled in every way that JSON has; others in one way: characters as they are where JSON allows it,
/// the shortest escape otherwise.
/// </summary>
internal sealed class StringEmitter
{
    private readonly AutomatonBuilder _builder;
    private readonly int _free;
    private readonly Dictionary<StringFacet, int> _rules = [];

    public StringEmitter(AutomatonBuilder builder)
    {
        _builder = builder;
        _free = builder.NewRule("a string");
        EmitFree(builder.StartOf(_free), builder.EndOf(_free));
    }

    public void Emit(StringFacet facet, int from, int to)
    {
        if (facet.IsAnything)
        {
            _builder.AddCall(from, _free, to);
            return;
        }

        if (!_rules.TryGetValue(facet, out var rule))
        {
            _rules[facet] = rule = _builder.NewRule("a string");
            EmitText(Automaton(facet), _builder.StartOf(rule), _builder.EndOf(rule));
        }

        _builder.AddCall(from, rule, to);
    }

    /// <summary>Adds strings of certain texts.</summary>
    public void EmitText(CharAutomaton text, int from, int to)
    {
        if (text.IsEmpty)
            return;
        var start = _builder.Literal(from, "\""u8);
        var end = _builder.NewState();
        _builder.AddText(start, text, TextEncoding.JsonString, end);
        _builder.AddBytes(end, (byte)'"', (byte)'"', to);
    }

    /// <summary>The texts that a facet allows; not for one that allows all.</summary>
    public CharAutomaton Automaton(StringFacet facet)
    {
        var budget = _builder.Budget;
        if (facet.Values is { } values)
            return CharAutomaton.OfLiterals(values, budget);
        CharAutomaton? text = null;
        foreach (var pattern in facet.Patterns)
            text = text?.Intersect(pattern, budget) ?? pattern;
        if (text is not null && facet is { MinLength: 0, MaxLength: null })
            return text;
        var length = CharAutomaton.OfLength(facet.MinLength, facet.MaxLength, budget);
        return text?.Intersect(length, budget) ?? length;
    }

    private void EmitFree(int from, int to)
    {
        var inside = _builder.Literal(from, "\""u8);
        _builder.AddBytes(inside, (byte)'"', (byte)'"', to);
        CharacterEmitter.Emit(_builder, inside, CodePointSet.OfRanges([(0, 0x1F), ('"', '"'), ('\\', '\\')]).Complement(), TextEncoding.Plain, inside);
        var escape = _builder.Literal(inside, "\\"u8);
        foreach (var letter in "\"\\/bfnrt"u8)
            _builder.AddBytes(escape, letter, letter, inside);
        EmitUtf16(_builder.Literal(escape, "u"u8), inside);
    }

    /// <summary>The four digits of a \u escape; a high surrogate must be followed by the escape of a low one.</summary>
    private void EmitUtf16(int from, int to)
    {
        var afterD = HexDigit(from, 'D', 'D');
        var plain = _builder.NewState();
        AddHexDigit(from, '0', 'C', plain);
        AddHexDigit(from, 'E', 'F', plain);
        var second = _builder.NewState();
        AddHexDigit(plain, '0', 'F', second);
        AddHexDigit(afterD, '0', '7', second);
        var third = HexDigit(second, '0', 'F');
        AddHexDigit(third, '0', 'F', to);

        var high = HexDigit(HexDigit(HexDigit(afterD, '8', 'B'), '0', 'F'), '0', 'F');
        var low = HexDigit(HexDigit(_builder.Literal(high, "\\u"u8), 'D', 'D'), 'C', 'F');
        AddHexDigit(HexDigit(low, '0', 'F'), '0', 'F', to);
    }

    private int HexDigit(int from, char low, char high)
    {
        var to = _builder.NewState();
        AddHexDigit(from, low, high, to);
        return to;
    }

    private void AddHexDigit(int from, char low, char high, int to)
    {
        foreach (var digit in "0123456789ABCDEF"u8)
        {
            if (digit < low || digit > high)
                continue;
            _builder.AddBytes(from, digit, digit, to);
            if (digit >= 'A')
                _builder.AddBytes(from, (byte)(digit + 32), (byte)(digit + 32), to);
        }
    }
}
