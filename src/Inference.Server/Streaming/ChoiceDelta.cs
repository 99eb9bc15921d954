using Inference.Engine.Requests;
using Inference.Server.Parsing;

namespace Inference.Server.Streaming;

/// <summary>What a choice has gained since it was read last.</summary>
/// <param name="Index">The choice.</param>
/// <param name="IsFirst">Whether nothing of this choice was reported before.</param>
/// <param name="Text">Text that is certain to belong to the output.</param>
/// <param name="Tokens">The tokens of that text; null when there are none, or log-probabilities were not asked for.</param>
/// <param name="End">Set when the choice is complete.</param>
internal readonly record struct ChoiceDelta(int Index, bool IsFirst, string Text, IReadOnlyList<TokenText>? Tokens, ChoiceEnd? End)
{
    /// <summary>What the text is made of, where a parser takes it apart: <see cref="Text"/> is empty then.</summary>
    public IReadOnlyList<MessagePart>? Parts { get; init; }

    /// <summary>All tokens generated, stop tokens included; null when there are none, or they were not asked for.</summary>
    public IReadOnlyList<int>? TokenIds { get; init; }

    /// <summary>Of the prompt's tokens after the first, on the first delta.</summary>
    public IReadOnlyList<TokenLogprobs> PromptLogprobs { get; init; } = [];

    /// <summary>Whether there is nothing in it to report.</summary>
    public bool IsEmpty => Text.Length == 0 && Parts is null && Tokens is null && TokenIds is null && End is null;
}
