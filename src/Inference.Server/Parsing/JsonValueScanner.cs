namespace Inference.Server.Parsing;

/// <summary>Finds the end of a JSON value that comes character by character. Looks at brackets and strings only: it does not validate.</summary>
internal struct JsonValueScanner
{
    private int _depth;
    private bool _isEscaped;

    /// <summary>Whether a character was read that is no white space.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether the value is a string; meaningless before it has begun.</summary>
    public bool IsString { get; private set; }

    /// <summary>Whether it is inside a string.</summary>
    public bool IsInString { get; private set; }

    /// <summary>Takes the next character.</summary>
    public JsonScan Append(char symbol)
    {
        if (!HasBegun)
        {
            if (char.IsWhiteSpace(symbol))
            {
                return JsonScan.Before;
            }

            HasBegun = true;
            IsString = symbol == '"';
        }

        if (IsInString)
        {
            return AppendToString(symbol);
        }

        switch (symbol)
        {
            case '"':
                IsInString = true;
                return JsonScan.Inside;
            case '{' or '[':
                _depth++;
                return JsonScan.Inside;
            case '}' or ']' when _depth > 0:
                return --_depth == 0 ? JsonScan.Last : JsonScan.Inside;
            case ',' or '}' or ']' when _depth == 0:
                return JsonScan.After;
            default:
                return _depth == 0 && char.IsWhiteSpace(symbol) ? JsonScan.After : JsonScan.Inside;
        }
    }

    private JsonScan AppendToString(char symbol)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            return JsonScan.Inside;
        }

        _isEscaped = symbol == '\\';
        IsInString = symbol != '"';
        return IsInString || _depth > 0 ? JsonScan.Inside : JsonScan.Last;
    }
}
