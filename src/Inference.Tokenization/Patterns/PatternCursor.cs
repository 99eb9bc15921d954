using System.Globalization;
using System.Text;

namespace Inference.Tokenization.Patterns;

/// <summary>A place in a pattern's text, and the small things that are read there.</summary>
internal sealed class PatternCursor(string pattern)
{
    private const int MaxRepeat = 100_000;

    private readonly string _pattern = pattern;

    /// <summary>The offset of the next UTF-16 unit; may be set back.</summary>
    public int At { get; set; }

    public bool AtEnd => At == _pattern.Length;

    /// <summary>A decimal number; false when none is here.</summary>
    public bool TryTakeNumber(out int value)
    {
        int start = At;
        value = 0;
        for (; At < _pattern.Length && char.IsAsciiDigit(_pattern[At]); At++)
            value = value <= MaxRepeat ? value * 10 + (_pattern[At] - '0') : value;
        return value <= MaxRepeat ? At > start : throw Error("a repeat count is too large");
    }

    /// <summary>The unit here, or so many ahead.</summary>
    public char Peek(int ahead = 0) => At + ahead < _pattern.Length ? _pattern[At + ahead] : throw Error("the pattern ends too early");

    public char Take()
    {
        char c = Peek();
        At++;
        return c;
    }

    public int TakeCodePoint()
    {
        Peek();
        if (Rune.DecodeFromUtf16(_pattern.AsSpan(At), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            throw Error("a surrogate without its other half");
        At += length;
        return rune.Value;
    }

    public bool TryTake(char c)
    {
        if (At >= _pattern.Length || _pattern[At] != c)
            return false;
        At++;
        return true;
    }

    public bool TryTake(string text)
    {
        if (!_pattern.AsSpan(At).StartsWith(text, StringComparison.Ordinal))
            return false;
        At += text.Length;
        return true;
    }

    /// <summary>Moves past the next <paramref name="c"/>; the text before it.</summary>
    public string TakePast(char c)
    {
        int start = At;
        int found = _pattern.IndexOf(c, At);
        At = found >= 0 ? found + 1 : throw Error($"'{c}' is missing");
        return _pattern[start..found];
    }

    public PatternException Error(string what) => new($"{what} (at offset {At} of the pattern)");

    /// <summary>At what follows a backslash: the code point that it stands for.</summary>
    public int ParseEscapedCodePoint()
    {
        char escape = Peek();
        switch (escape)
        {
            case 'x' when Peek(1) == '{':
                At += 2;
                return HexNumber(TakePast('}'));
            case 'x':
                At++;
                return TakeHex(2);
            case 'u':
                At++;
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
        int start = At;
        while (At < _pattern.Length && At - start < maxDigits && char.IsAsciiHexDigit(_pattern[At]))
            At++;
        return HexNumber(_pattern.AsSpan(start, At - start));
    }

    private int HexNumber(ReadOnlySpan<char> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value)
            && value is >= 0 and < CodePointSet.Limit
            ? value
            : throw Error("not a hexadecimal code point");
}
