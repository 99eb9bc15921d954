using System.Collections.Immutable;

namespace Inference.LoadTest.Data;

/// <summary>One or more turns, each sent when the one before was answered, with everything said so far.</summary>
/// <param name="Opening">Messages before the first turn, such as a system prompt.</param>
/// <param name="Turns">At least one.</param>
internal sealed record Conversation(ImmutableArray<ChatMessage> Opening, ImmutableArray<Turn> Turns)
{
    public Conversation(Turn only)
        : this([], [only])
    {
    }
}
