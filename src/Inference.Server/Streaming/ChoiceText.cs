using System.Text;

namespace Inference.Server.Streaming;

/// <summary>A whole choice, gathered from its deltas.</summary>
internal sealed class ChoiceText
{
    private readonly StringBuilder _text = new();
    private List<TokenText>? _tokens;

    /// <summary>The text so far.</summary>
    public string Text => _text.ToString();

    /// <summary>The tokens so far; null unless log-probabilities were asked for.</summary>
    public IReadOnlyList<TokenText>? Tokens => _tokens;

    /// <summary>Null until the choice has ended.</summary>
    public ChoiceEnd? End { get; private set; }

    /// <summary>Adds the next delta.</summary>
    public void Add(in ChoiceDelta delta)
    {
        _text.Append(delta.Text);
        End = delta.End;
        if (delta.Tokens is { } tokens)
        {
            (_tokens ??= []).AddRange(tokens);
        }
    }
}
