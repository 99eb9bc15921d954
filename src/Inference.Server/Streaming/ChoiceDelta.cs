namespace Inference.Server.Streaming;

/// <summary>What a choice has gained since it was read last.</summary>
/// <param name="Index">The choice.</param>
/// <param name="IsFirst">Whether nothing of this choice was reported before.</param>
/// <param name="Text">Text that is certain to belong to the output.</param>
/// <param name="Tokens">The tokens generated; null unless log-probabilities were asked for.</param>
/// <param name="End">Set when the choice is complete.</param>
internal readonly record struct ChoiceDelta(int Index, bool IsFirst, string Text, IReadOnlyList<TokenText>? Tokens, ChoiceEnd? End)
{
    /// <summary>Whether there is nothing in it to report.</summary>
    public bool IsEmpty => Text.Length == 0 && Tokens is null && End is null;
}
