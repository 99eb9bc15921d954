using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;

namespace Inference.Server.Parsing;

/// <summary>
/// Turns a Python literal into JSON, character by character: strings in either quotes, numbers, True, False, None, lists, tuples and
/// dictionaries. A word that is none of these becomes a string.
/// </summary>
internal sealed class PythonLiteralWriter
{
    private readonly Stack<char> _brackets = new();
    private readonly StringBuilder _word = new();
    private readonly StringBuilder _escape = new();
    private char _quote;
    private char _highSurrogate;

    private bool IsEscaping => _escape.Length > 0;

    /// <summary>Takes the next character.</summary>
    /// <param name="symbol">The character.</param>
    /// <param name="json">What the JSON gains.</param>
    /// <returns>False when the literal has ended before this character: a comma or a parenthesis outside of it.</returns>
    public bool Append(char symbol, out string json)
    {
        if (_quote != 0)
        {
            json = AppendToString(symbol);
            return true;
        }

        if (symbol is '\'' or '"')
        {
            _quote = symbol;
            json = EndWord() + "\"";
            return true;
        }

        switch (symbol)
        {
            case '[' or '(' or '{':
                _brackets.Push(symbol);
                json = EndWord() + (symbol == '{' ? '{' : '[');
                return true;
            case ']' or ')' or '}' when _brackets.Count > 0:
                json = EndWord() + (_brackets.Pop() == '{' ? '}' : ']');
                return true;
            case ',' or ')' or ']' when _brackets.Count == 0:
                json = EndWord();
                return false;
            case ',' or ':':
                json = EndWord() + symbol + ' ';
                return true;
            default:
                json = char.IsWhiteSpace(symbol) ? EndWord() : "";
                if (!char.IsWhiteSpace(symbol))
                {
                    _word.Append(symbol);
                }

                return true;
        }
    }

    private string EndWord()
    {
        if (_word.Length == 0)
        {
            return "";
        }

        var word = _word.ToString();
        _word.Clear();
        return word switch
        {
            "True" or "true" => "true",
            "False" or "false" => "false",
            "None" or "null" => "null",
            _ => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number)
                ? IsJsonNumber(word) ? word : number.ToString("R", CultureInfo.InvariantCulture)
                : $"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(word)}\"",
        };
    }

    // Python also writes 1., .5 and +1.
    private static bool IsJsonNumber(string word) =>
        char.IsAsciiDigit(word[^1]) && (char.IsAsciiDigit(word[0]) || (word[0] == '-' && char.IsAsciiDigit(word[1]))) && !word.Contains('_')
        && !(word.TrimStart('-') is ['0', >= '0' and <= '9', ..]);

    private string AppendToString(char symbol)
    {
        if (IsEscaping)
        {
            _escape.Append(symbol);
            return EndEscape();
        }

        if (symbol == '\\')
        {
            _escape.Append(symbol);
            return "";
        }

        if (symbol == _quote)
        {
            _quote = '\0';
            return "\"";
        }

        return Encode(symbol);
    }

    // \xhh and \uhhhh are complete with their digits, all others with one character.
    private string EndEscape()
    {
        var digits = _escape[1] switch
        {
            'x' => 2,
            'u' => 4,
            _ => 0,
        };
        if (_escape.Length < 2 + digits)
        {
            return "";
        }

        var text = _escape.ToString();
        _escape.Clear();
        if (digits > 0)
        {
            return ushort.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
                ? Encode((char)unit)
                : string.Concat(text.Select(Encode));
        }

        return text[1] switch
        {
            'n' => "\\n",
            't' => "\\t",
            'r' => "\\r",
            'b' => "\\b",
            'f' => "\\f",
            '0' => "\\u0000",
            '\n' => "",
            '\'' => "'",
            '"' => "\\\"",
            '\\' => "\\\\",
            _ => Encode('\\') + Encode(text[1]),
        };
    }

    // Half a surrogate pair waits for its other half.
    private string Encode(char symbol)
    {
        if (char.IsHighSurrogate(symbol))
        {
            _highSurrogate = symbol;
            return "";
        }

        if (char.IsLowSurrogate(symbol))
        {
            var pair = new string([_highSurrogate, symbol]);
            _highSurrogate = '\0';
            return char.IsHighSurrogate(pair[0]) ? pair : "\ufffd";
        }

        return JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(symbol.ToString());
    }
}
