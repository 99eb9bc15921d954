using System.Text;

namespace Inference.Server.Parsing;

/// <summary>
/// [name(argument=value, …), …] as the whole output, values being Python literals: Llama 4, and what was trained alike. Values become JSON as
/// they come.
/// </summary>
internal sealed class PythonicToolCallParser(MessageParts parts) : ToolCallParser
{
    private readonly StringBuilder _raw = new();
    private readonly StringBuilder _name = new();
    private PythonLiteralWriter? _value;
    private State _state;
    private bool _hasArguments;

    private enum State
    {
        /// <summary>Before the opening bracket.</summary>
        Start,

        /// <summary>A function's name, or what is before it.</summary>
        Name,

        /// <summary>An argument's name, or the end of the call.</summary>
        Argument,
        Value,

        /// <summary>After a call: another one, or the closing bracket.</summary>
        Between,

        /// <summary>After the closing bracket, or where no call can be.</summary>
        Content,
    }

    /// <inheritdoc/>
    public override void Append(char symbol)
    {
        if (_state is State.Start or State.Name)
        {
            _raw.Append(symbol);
        }

        switch (_state)
        {
            case State.Start when symbol == '[':
                _state = State.Name;
                break;
            case State.Start when !char.IsWhiteSpace(symbol):
                Reject();
                break;
            case State.Name:
                AppendToName(symbol);
                break;
            case State.Argument:
                AppendToArgument(symbol);
                break;
            case State.Value:
                AppendToValue(symbol);
                break;
            case State.Between when symbol == ',':
                _raw.Clear();
                _state = State.Name;
                break;
            case State.Between when symbol == ']':
                _state = State.Content;
                break;
            case State.Content:
                parts.AddContent(symbol);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
        if (_state is State.Start or State.Name)
        {
            Reject();
        }
    }

    private void Reject()
    {
        parts.AddContent(_raw.ToString());
        _raw.Clear();
        _state = State.Content;
    }

    private void AppendToName(char symbol)
    {
        if (symbol == '(' && _name.Length > 0)
        {
            parts.BeginCall(_name.ToString());
            parts.AddArguments("{");
            _name.Clear();
            _raw.Clear();
            _hasArguments = false;
            _state = State.Argument;
        }
        else if (char.IsLetterOrDigit(symbol) || symbol is '_' or '.' or '-')
        {
            _name.Append(symbol);
        }
        else if (!char.IsWhiteSpace(symbol) || _name.Length > 0)
        {
            Reject();
        }
    }

    private void AppendToArgument(char symbol)
    {
        switch (symbol)
        {
            case ')':
                EndCall();
                break;
            case '=':
                parts.AddArguments(_hasArguments ? ", " : "");
                parts.AddArguments($"\"{_name}\": ");
                _name.Clear();
                _hasArguments = true;
                _value = new PythonLiteralWriter();
                _state = State.Value;
                break;
            case ',':
                break;
            default:
                if (char.IsLetterOrDigit(symbol) || symbol == '_')
                {
                    _name.Append(symbol);
                }

                break;
        }
    }

    private void AppendToValue(char symbol)
    {
        var isPart = _value!.Append(symbol, out var json);
        parts.AddArguments(json);
        if (!isPart)
        {
            _state = State.Argument;
            AppendToArgument(symbol);
        }
    }

    private void EndCall()
    {
        parts.AddArguments("}");
        _name.Clear();
        _state = State.Between;
    }
}
