using System.Text;
using Inference.Engine.Requests;
using Inference.Server.Parsing;

namespace Inference.Server.Streaming;

/// <summary>A whole choice, gathered from its deltas.</summary>
internal sealed class ChoiceText
{
    private readonly StringBuilder _text = new();
    private List<TokenText>? _tokens;
    private List<int>? _tokenIds;
    private List<MessagePart>? _parts;
    private IReadOnlyList<TokenLogprobs> _promptLogprobs = [];

    /// <summary>The tokens so far; null unless log-probabilities were asked for.</summary>
    public IReadOnlyList<TokenText>? Tokens => _tokens;

    /// <summary>Null until the choice has ended.</summary>
    public ChoiceEnd? End { get; private set; }

    /// <summary>Adds the next delta.</summary>
    public void Add(in ChoiceDelta delta)
    {
        _text.Append(delta.Text);
        End = delta.End;
        if (delta.IsFirst)
        {
            _promptLogprobs = delta.PromptLogprobs;
        }

        AddTo(ref _tokens, delta.Tokens);
        AddTo(ref _tokenIds, delta.TokenIds);
        AddTo(ref _parts, delta.Parts);
    }

    /// <summary>All of it as one delta.</summary>
    /// <param name="index">Its place in the answer.</param>
    public ChoiceDelta ToDelta(int index) => new(index, IsFirst: true, _text.ToString(), _tokens, End)
    {
        TokenIds = _tokenIds,
        Parts = _parts,
        PromptLogprobs = _promptLogprobs,
    };

    private static void AddTo<T>(ref List<T>? list, IReadOnlyList<T>? more)
    {
        if (more is not null)
        {
            (list ??= []).AddRange(more);
        }
    }
}
