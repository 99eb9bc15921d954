using System.Text;

namespace Inference.Server.Parsing;

/// <summary>
/// [TOOL_CALLS] and then either an array of {"name": …, "arguments": …}, or NAME[ARGS]{…} (with [CALL_ID]… before [ARGS], or without [ARGS])
/// after each such tag: Mistral's older and newer models.
/// </summary>
internal sealed class MistralToolCallParser(MessageParts parts) : ToolCallParser
{
    private const string Tag = "[TOOL_CALLS]";

    private static readonly TagSet Tags = new(Tag);

    private readonly JsonCallReader _call = new(parts);
    private readonly TagScanner _tag = new(Tags);
    private readonly StringBuilder _header = new();
    private JsonValueScanner _arguments;
    private State _state;

    private enum State
    {
        Content,

        /// <summary>After the tag: an array, an object or a name.</summary>
        Start,

        /// <summary>Between the calls of an array.</summary>
        Array,

        /// <summary>In a call of an array, or a single object.</summary>
        Call,

        /// <summary>Before the arguments of a call that begins with its name.</summary>
        Header,
        Arguments,
    }

    /// <inheritdoc/>
    public override void Append(char symbol)
    {
        switch (_state)
        {
            case State.Content:
                var tag = _tag.Append(symbol, out var content);
                parts.AddContent(content);
                if (tag is not null)
                {
                    _header.Clear();
                    _state = State.Start;
                }

                break;
            case State.Start or State.Array:
                Start(symbol);
                break;
            case State.Call when _call.Append(symbol) != JsonCallStatus.Reading:
                EndCall();
                break;
            case State.Header:
                AppendToHeader(symbol);
                break;
            case State.Arguments:
                AppendToArguments(symbol);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        switch (_state)
        {
            case State.Call when !_call.HasBegun:
                parts.AddContent(Tag + _call.Raw);
                break;
            case State.Start or State.Header:
                parts.AddContent(Tag + _header);
                break;
        }

        parts.AddContent(_tag.Flush());
    }

    private void Start(char symbol)
    {
        switch (symbol)
        {
            case '{':
                _call.Reset();
                _call.Append(symbol);
                _state = State.Call;
                break;
            case '[' when _state == State.Start:
                _state = State.Array;
                break;
            case ']' when _state == State.Array:
                _state = State.Content;
                break;
            case ',' when _state == State.Array:
                break;
            default:
                if (!char.IsWhiteSpace(symbol))
                {
                    _state = State.Header;
                    AppendToHeader(symbol);
                }

                break;
        }
    }

    private void EndCall()
    {
        if (_call.Status == JsonCallStatus.Failed)
        {
            parts.AddContent(Tag + _call.Raw);
            _state = State.Content;
            return;
        }

        _state = State.Array;
    }

    private void AppendToHeader(char symbol)
    {
        if (symbol != '{')
        {
            _header.Append(symbol);
            return;
        }

        var header = _header.ToString();
        var end = header.IndexOf('[', StringComparison.Ordinal);
        var name = (end < 0 ? header : header[..end]).Trim();
        if (name.Length == 0)
        {
            parts.AddContent(Tag + header + symbol);
            _state = State.Content;
            return;
        }

        parts.BeginCall(name);
        _arguments = default;
        _state = State.Arguments;
        AppendToArguments(symbol);
    }

    private void AppendToArguments(char symbol)
    {
        var scan = _arguments.Append(symbol);
        parts.AddArguments([symbol]);
        _state = scan == JsonScan.Last ? State.Content : State.Arguments;
    }
}
