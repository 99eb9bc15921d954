using System.Text;

namespace Inference.Server.Parsing;

/// <summary>
/// Separates what the model thinks, between &lt;think&gt; and &lt;/think&gt; at the output's beginning, from its answer. White space next to
/// the tags belongs to neither.
/// </summary>
internal sealed class ReasoningParser
{
    private const string OpenTag = "<think>";

    private static readonly TagSet CloseTag = new("</think>");

    private readonly MessageParts _parts;
    private readonly TagScanner _close = new(CloseTag);
    private readonly StringBuilder _space = new();
    private readonly StringBuilder _opening = new();
    private State _state;
    private int _matched;

    /// <param name="parts">Where reasoning goes.</param>
    /// <param name="startsInside">Whether the output begins inside the reasoning. It may open it once more.</param>
    public ReasoningParser(MessageParts parts, bool startsInside)
    {
        _parts = parts;
        IsInside = startsInside;
    }

    private enum State
    {
        /// <summary>Nothing but white space, or a beginning of the opening tag, was seen.</summary>
        Opening,

        /// <summary>White space of the reasoning's beginning.</summary>
        Leading,

        /// <summary>Within the reasoning.</summary>
        Thinking,

        /// <summary>White space after the closing tag.</summary>
        Trailing,

        /// <summary>The answer.</summary>
        Done,
    }

    /// <summary>Whether the reasoning has begun and not ended.</summary>
    public bool IsInside { get; private set; }

    /// <summary>Whether all that follows is the answer.</summary>
    public bool IsDone => _state == State.Done;

    /// <summary>Takes the next character. Returns what has turned out to be the answer's.</summary>
    public string Append(char symbol)
    {
        switch (_state)
        {
            case State.Opening:
                return Open(symbol);
            case State.Leading:
            case State.Thinking:
                Think(symbol);
                return "";
            case State.Trailing when char.IsWhiteSpace(symbol):
                return "";
            default:
                _state = State.Done;
                return symbol.ToString();
        }
    }

    /// <summary>The output is complete. Returns what has turned out to be the answer's.</summary>
    public string Finish()
    {
        if (_state is State.Leading or State.Thinking)
        {
            AddReasoning(_close.Flush());
        }

        var answer = _state == State.Opening && !IsInside ? _opening.ToString() : "";
        if (_state == State.Opening && IsInside)
        {
            AddReasoning(_opening.ToString());
        }

        _state = State.Done;
        return answer;
    }

    private string Open(char symbol)
    {
        _opening.Append(symbol);
        if (_matched == 0 && char.IsWhiteSpace(symbol))
        {
            return "";
        }

        if (symbol == OpenTag[_matched])
        {
            if (++_matched == OpenTag.Length)
            {
                IsInside = true;
                _state = State.Leading;
            }

            return "";
        }

        var text = _opening.ToString();
        if (!IsInside)
        {
            _state = State.Done;
            return text;
        }

        _state = State.Leading;
        foreach (var earlier in text)
        {
            Think(earlier);
        }

        return "";
    }

    private void Think(char symbol)
    {
        var isClosed = _close.Append(symbol, out var released) is not null;
        AddReasoning(released);
        if (isClosed)
        {
            IsInside = false;
            _state = State.Trailing;
        }
    }

    // White space is held back until it is known not to be the last.
    private void AddReasoning(string text)
    {
        foreach (var symbol in text)
        {
            if (char.IsWhiteSpace(symbol))
            {
                _space.Append(symbol);
                continue;
            }

            if (_state == State.Thinking)
            {
                _parts.AddReasoning(_space.ToString());
            }

            _space.Clear();
            _state = State.Thinking;
            _parts.AddReasoning([symbol]);
        }
    }
}
