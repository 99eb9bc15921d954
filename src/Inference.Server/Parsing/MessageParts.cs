using System.Text;

namespace Inference.Server.Parsing;

/// <summary>
/// Collects what a message gains; neighbours of one kind become one part. Of white space around tool calls nothing is kept.
/// </summary>
/// <param name="isParallel">Whether calls after the first are kept.</param>
/// <param name="includesReasoning">Whether reasoning is kept.</param>
/// <param name="mayCallTools">Whether white space is held back until it is known what follows.</param>
internal sealed class MessageParts(bool isParallel, bool includesReasoning, bool mayCallTools)
{
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _space = new();
    private List<MessagePart>? _parts;
    private MessagePartKind _kind;

    /// <summary>Tool calls that have begun.</summary>
    public int CallCount { get; private set; }

    private bool IsDropping => CallCount > 1 && !isParallel;

    /// <summary>Adds to the content.</summary>
    public void AddContent(char symbol)
    {
        if (mayCallTools && char.IsWhiteSpace(symbol))
        {
            _space.Append(symbol);
            return;
        }

        Begin(MessagePartKind.Content);
        _text.Append(_space).Append(symbol);
        _space.Clear();
    }

    /// <summary>Adds to the content.</summary>
    public void AddContent(ReadOnlySpan<char> text)
    {
        foreach (var symbol in text)
        {
            AddContent(symbol);
        }
    }

    /// <summary>Adds to the reasoning.</summary>
    public void AddReasoning(ReadOnlySpan<char> text)
    {
        if (includesReasoning && !text.IsEmpty)
        {
            Begin(MessagePartKind.Reasoning);
            _text.Append(text);
        }
    }

    /// <summary>A call of a tool begins.</summary>
    public void BeginCall(string name)
    {
        _space.Clear();
        End();
        CallCount++;
        if (!IsDropping)
        {
            (_parts ??= []).Add(new MessagePart(MessagePartKind.Call, name, CallCount - 1));
        }
    }

    /// <summary>Adds to the arguments of the call that has begun last.</summary>
    public void AddArguments(ReadOnlySpan<char> json)
    {
        if (!IsDropping && !json.IsEmpty)
        {
            Begin(MessagePartKind.Arguments);
            _text.Append(json);
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void Finish()
    {
        if (CallCount == 0 && _space.Length > 0)
        {
            Begin(MessagePartKind.Content);
            _text.Append(_space);
        }

        _space.Clear();
    }

    /// <summary>What was gained since the last call; null when that is nothing.</summary>
    public IReadOnlyList<MessagePart>? Take()
    {
        End();
        var parts = _parts;
        _parts = null;
        return parts;
    }

    private void Begin(MessagePartKind kind)
    {
        if (_kind != kind)
        {
            End();
            _kind = kind;
        }
    }

    private void End()
    {
        if (_text.Length > 0)
        {
            (_parts ??= []).Add(new MessagePart(_kind, _text.ToString(), Math.Max(0, CallCount - 1)));
            _text.Clear();
        }
    }
}
