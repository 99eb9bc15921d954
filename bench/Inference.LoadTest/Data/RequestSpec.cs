using System.Collections.Immutable;

namespace Inference.LoadTest.Data;

/// <summary>What one request asks.</summary>
/// <param name="Messages">The prompt as messages; empty if it is <paramref name="TokenIds"/>.</param>
/// <param name="TokenIds">The prompt as token ids; null if it is text.</param>
/// <param name="InputTokens">Tokens of the prompt as far as the data set knows; 0 if it does not.</param>
/// <param name="OutputTokens">Tokens to generate; 0 leaves that to the server.</param>
internal sealed record RequestSpec(ImmutableArray<ChatMessage> Messages, ImmutableArray<int>? TokenIds, int InputTokens, int OutputTokens)
{
    /// <summary>For APIs without messages.</summary>
    public string JoinedText => Messages.Length == 1 ? Messages[0].Content : string.Join('\n', Messages.Select(message => message.Content));
}
