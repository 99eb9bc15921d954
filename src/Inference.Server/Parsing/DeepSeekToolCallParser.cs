using System.Text;

namespace Inference.Server.Parsing;

/// <summary>
/// Calls between special tokens: a type, the name after a separator and the arguments in a fenced block (DeepSeek V3 and R1), or the name, a
/// separator and the arguments (V3.1 and later).
/// </summary>
internal sealed class DeepSeekToolCallParser(MessageParts parts) : ToolCallParser
{
    private const string CallsTag = "<｜tool▁calls▁begin｜>";
    private const string CallTag = "<｜tool▁call▁begin｜>";
    private const string CallsEndTag = "<｜tool▁calls▁end｜>";
    private const string SeparatorTag = "<｜tool▁sep｜>";
    private const int Calls = 0;
    private const int Call = 1;
    private const int CallsEnd = 2;

    private static readonly TagSet OpenTags = new(CallsTag, CallTag, CallsEndTag);
    private static readonly TagSet SeparatorTags = new(SeparatorTag);

    private readonly TagScanner _open = new(OpenTags);
    private readonly TagScanner _separator = new(SeparatorTags);
    private readonly StringBuilder _header = new();
    private readonly StringBuilder _name = new();
    private JsonValueScanner _arguments;
    private State _state;

    private enum State
    {
        Content,

        /// <summary>Between calls: nothing but tags is expected, and nothing is kept.</summary>
        Between,

        /// <summary>Before the separator: a type or a name.</summary>
        Header,

        /// <summary>After the separator: a name and a line feed, or arguments.</summary>
        Name,

        /// <summary>Before the arguments of a call whose name is known.</summary>
        Fence,
        Arguments,
    }

    /// <inheritdoc/>
    public override void Append(char symbol)
    {
        switch (_state)
        {
            case State.Content or State.Between:
                var tag = _open.Append(symbol, out var content);
                if (_state == State.Content)
                {
                    parts.AddContent(content);
                }

                Enter(tag);
                break;
            case State.Header:
                var isEnd = _separator.Append(symbol, out var header) is not null;
                _header.Append(header);
                _state = isEnd ? State.Name : State.Header;
                break;
            case State.Name:
                AppendToName(symbol);
                break;
            case State.Fence when symbol == '{':
                _arguments = default;
                AppendToArguments(symbol);
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
            case State.Header:
                parts.AddContent(CallTag + _header + _separator.Flush());
                break;
            case State.Name:
                parts.AddContent(CallTag + _header + SeparatorTag + _name);
                break;
        }

        var rest = _open.Flush();
        if (_state == State.Content)
        {
            parts.AddContent(rest);
        }
    }

    private void Enter(int? tag)
    {
        switch (tag)
        {
            case Calls:
                _state = State.Between;
                break;
            case Call:
                _header.Clear();
                _name.Clear();
                _state = State.Header;
                break;
            case CallsEnd:
                _state = State.Content;
                break;
        }
    }

    private void AppendToName(char symbol)
    {
        var isBlank = _name.Length == 0;
        if (symbol == '{' && isBlank)
        {
            Begin(_header.ToString());
            _arguments = default;
            AppendToArguments(symbol);
        }
        else if (symbol == '\n' && !isBlank)
        {
            Begin(_name.ToString());
            _state = State.Fence;
        }
        else if (!isBlank || !char.IsWhiteSpace(symbol))
        {
            _name.Append(symbol);
        }
    }

    private void Begin(string name) => parts.BeginCall(name.Trim());

    private void AppendToArguments(char symbol)
    {
        var scan = _arguments.Append(symbol);
        parts.AddArguments([symbol]);
        _state = scan == JsonScan.Last ? State.Between : State.Arguments;
    }
}
