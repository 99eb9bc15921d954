namespace Inference.Server.Parsing;

/// <summary>&lt;tool_call&gt;{"name": …, "arguments": …}&lt;/tool_call&gt;, any number of times: Hermes, Qwen and others.</summary>
internal sealed class HermesToolCallParser(MessageParts parts) : ToolCallParser
{
    private const string OpenTag = "<tool_call>";
    private const int Open = 0;

    private static readonly TagSet OpenTags = new(OpenTag);
    private static readonly TagSet Tags = new(OpenTag, "</tool_call>");

    private readonly JsonCallReader _call = new(parts);
    private readonly TagScanner _open = new(OpenTags);
    private readonly TagScanner _close = new(Tags);
    private State _state;

    private enum State
    {
        Content,
        Call,

        /// <summary>After a call, until its closing tag: nothing there is kept.</summary>
        Closing,
    }

    /// <inheritdoc/>
    public override void Append(char symbol)
    {
        switch (_state)
        {
            case State.Content:
                var tag = _open.Append(symbol, out var content);
                parts.AddContent(content);
                if (tag is not null)
                {
                    BeginCall();
                }

                break;
            case State.Call when _call.Append(symbol) != JsonCallStatus.Reading:
                EndCall();
                break;
            case State.Closing when _close.Append(symbol, out _) is { } index:
                if (index == Open)
                {
                    BeginCall();
                }
                else
                {
                    _state = State.Content;
                }

                break;
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (_state == State.Call && !_call.HasBegun)
        {
            parts.AddContent(OpenTag + _call.Raw);
        }

        parts.AddContent(_open.Flush());
    }

    private void BeginCall()
    {
        _call.Reset();
        _state = State.Call;
    }

    private void EndCall()
    {
        if (_call.Status == JsonCallStatus.Done)
        {
            _state = State.Closing;
            return;
        }

        parts.AddContent(OpenTag + _call.Raw);
        _state = State.Content;
    }
}
