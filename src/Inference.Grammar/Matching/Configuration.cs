using Inference.Grammar.Vocabulary;

namespace Inference.Grammar.Matching;

/// <summary>
/// Where a text may stand in an automaton: the states that can take its next byte, each with the stacks that it may have. A state of the
/// deterministic automaton that <see cref="ConfigurationGraph"/> builds as it goes. What is found out about it is kept with it; whoever
/// finds it out twice finds the same.
/// </summary>
internal sealed class Configuration(int[] states, StackSet[] stacks, bool isComplete, int classes)
{
    /// <summary>Those with an edge of bytes, sorted.</summary>
    public int[] States => states;

    public StackSet[] Stacks => stacks;

    /// <summary>Whether the text may end here.</summary>
    public bool IsComplete => isComplete;

    /// <summary>Whether no text goes on from here.</summary>
    public bool IsStuck => states.Length == 0;

    /// <summary>What follows on a byte of each class; null: not known yet.</summary>
    public Configuration?[] Next { get; } = new Configuration?[classes];

    /// <summary>Which tokens can follow; null: not known yet.</summary>
    public TokenMask? Mask { get; set; }

    /// <summary>The token that must come next, -1 for none; null: not known yet.</summary>
    public int? ForcedToken { get; set; }

    /// <summary>What plain characters lead to (see <see cref="PlainText"/>): empty if some lead nowhere; null: not known yet.</summary>
    public Configuration[]? PlainSuccessors { get; set; }
}
