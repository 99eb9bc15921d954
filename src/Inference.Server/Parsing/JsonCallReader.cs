using System.Text;
using System.Text.Json;

namespace Inference.Server.Parsing;

/// <summary>
/// Reads a tool call that is written as a JSON object: {"name": …, "arguments": …}, also with "parameters" for the arguments or inside
/// {"function": …}. Arguments go on as they come once the name is known.
/// </summary>
internal sealed class JsonCallReader(MessageParts parts)
{
    private readonly StringBuilder _raw = new();
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _arguments = new();
    private JsonValueScanner _value;
    private State _state;
    private int _depth;
    private string _key = "";
    private bool _hasArguments;

    private enum State
    {
        Start,
        KeyOrEnd,
        Key,
        Colon,
        Value,
    }

    /// <summary>How far it is.</summary>
    public JsonCallStatus Status { get; private set; }

    /// <summary>What was read, until the call has begun: it is the message's text if it turns out to be no call.</summary>
    public string Raw => _raw.ToString();

    /// <summary>Whether the call's name is known.</summary>
    public bool HasBegun { get; private set; }

    private bool IsArguments => _key is "arguments" or "parameters";

    /// <summary>Makes it ready for another call.</summary>
    public void Reset()
    {
        _raw.Clear();
        _text.Clear();
        _arguments.Clear();
        (_state, _depth, _key, _hasArguments, HasBegun, Status) = (State.Start, 0, "", false, false, JsonCallStatus.Reading);
    }

    /// <summary>Takes the next character.</summary>
    public JsonCallStatus Append(char symbol)
    {
        if (!HasBegun)
        {
            _raw.Append(symbol);
        }

        if (_state is State.Value)
        {
            AppendToValue(symbol);
        }
        else if (_state is State.Key)
        {
            AppendToKey(symbol);
        }
        else if (!char.IsWhiteSpace(symbol))
        {
            Step(symbol);
        }

        return Status;
    }

    private void Step(char symbol)
    {
        switch (_state, symbol)
        {
            case (State.Start, '{'):
                _depth++;
                _state = State.KeyOrEnd;
                break;
            case (State.KeyOrEnd, '"'):
                _text.Clear();
                _value = default;
                _value.Append(symbol);
                _state = State.Key;
                break;
            case (State.KeyOrEnd, ','):
                break;
            case (State.KeyOrEnd, '}'):
                EndObject();
                break;
            case (State.Colon, ':'):
                BeginValue();
                break;
            default:
                Status = HasBegun ? JsonCallStatus.Done : JsonCallStatus.Failed;
                break;
        }
    }

    private void AppendToKey(char symbol)
    {
        if (_value.Append(symbol) == JsonScan.Last)
        {
            _key = _text.ToString();
            _state = State.Colon;
            return;
        }

        _text.Append(symbol);
    }

    private void BeginValue()
    {
        _text.Clear();
        _value = default;
        _state = State.Value;
    }

    private void AppendToValue(char symbol)
    {
        if (_key == "function" && !_value.HasBegun && symbol == '{')
        {
            _depth++;
            _state = State.KeyOrEnd;
            return;
        }

        var scan = _value.Append(symbol);
        if (scan is JsonScan.Inside or JsonScan.Last)
        {
            Keep(symbol);
        }

        if (scan is JsonScan.Last or JsonScan.After)
        {
            EndValue();
            _state = State.KeyOrEnd;
            if (scan == JsonScan.After && !char.IsWhiteSpace(symbol))
            {
                Step(symbol);
            }
        }
    }

    // Arguments that are a string hold JSON as text: they are decoded when they are complete.
    private void Keep(char symbol)
    {
        if (IsArguments && !_value.IsString)
        {
            AddArguments([symbol]);
        }
        else
        {
            _text.Append(symbol);
        }
    }

    private void EndValue()
    {
        if (!_value.IsString)
        {
            return;
        }

        if (IsArguments)
        {
            AddArguments(Decode());
        }
        else if (_key is "name" or "function" && !HasBegun && Decode() is { Length: > 0 } name)
        {
            HasBegun = true;
            parts.BeginCall(name);
            parts.AddArguments(_arguments.ToString());
        }
    }

    private void AddArguments(ReadOnlySpan<char> json)
    {
        _hasArguments = true;
        if (HasBegun)
        {
            parts.AddArguments(json);
        }
        else
        {
            _arguments.Append(json);
        }
    }

    private void EndObject()
    {
        if (--_depth > 0)
        {
            return;
        }

        if (HasBegun && !_hasArguments)
        {
            parts.AddArguments("{}");
        }

        Status = HasBegun ? JsonCallStatus.Done : JsonCallStatus.Failed;
    }

    private string Decode()
    {
        try
        {
            return JsonSerializer.Deserialize(_text.ToString(), ParsingJsonContext.Default.String) ?? "";
        }
        catch (JsonException)
        {
            return _text.ToString().Trim('"');
        }
    }
}
