namespace Inference.Server.Parsing;

/// <summary>
/// {"name": …, "parameters": …} as the whole output, perhaps after &lt;|python_tag|&gt;; several are separated by semicolons: Llama 3.
/// </summary>
internal sealed class Llama3ToolCallParser(MessageParts parts) : ToolCallParser
{
    private static readonly TagSet Tag = new("<|python_tag|>");

    private readonly JsonCallReader _call = new(parts);
    private readonly TagScanner _tag = new(Tag);
    private State _state;

    private enum State
    {
        /// <summary>Before a call, or before text that is none.</summary>
        Start,
        Call,

        /// <summary>Between calls.</summary>
        Between,
        Content,
    }

    /// <inheritdoc/>
    public override void Append(char symbol)
    {
        switch (_state)
        {
            case State.Start:
                Start(symbol);
                break;
            case State.Call when _call.Append(symbol) != JsonCallStatus.Reading:
                EndCall();
                break;
            case State.Between when symbol == '{':
                BeginCall(symbol);
                break;
            case State.Between when !char.IsWhiteSpace(symbol) && symbol is not (';' or ','):
                _state = State.Start;
                Start(symbol);
                break;
            case State.Content:
                parts.AddContent(symbol);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (_state == State.Call && !_call.HasBegun)
        {
            parts.AddContent(_call.Raw);
        }

        parts.AddContent(_tag.Flush());
    }

    // The scanner holds back what may be the tag: nothing is held when the text has begun.
    private void Start(char symbol)
    {
        var isTag = _tag.Append(symbol, out var text) is not null;
        foreach (var released in text)
        {
            if (_state == State.Start && released == '{')
            {
                BeginCall(released);
            }
            else if (_state == State.Start && char.IsWhiteSpace(released))
            {
                parts.AddContent(released);
            }
            else
            {
                _state = State.Content;
                parts.AddContent(released);
            }
        }

        if (isTag)
        {
            _state = State.Between;
        }
        else if (_state == State.Content)
        {
            parts.AddContent(_tag.Flush());
        }
    }

    private void BeginCall(char symbol)
    {
        _call.Reset();
        _call.Append(symbol);
        _state = State.Call;
    }

    private void EndCall()
    {
        if (_call.Status == JsonCallStatus.Done)
        {
            _state = State.Between;
            return;
        }

        parts.AddContent(_call.Raw);
        _state = State.Content;
    }
}
