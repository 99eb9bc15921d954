using System.Collections.Frozen;
using System.Collections.Immutable;
using Inference.Server.Parsing;
using Inference.Server.Streaming;

namespace Inference.Server.Validation;

/// <summary>How a generation's tokens become text, and where the text ends. Shared by all its choices.</summary>
internal sealed record TextOptions
{
    /// <summary>Strings that end the text; may be empty.</summary>
    public ImmutableArray<string> Stops { get; init; } = [];

    /// <summary>Built from <see cref="Stops"/>; null when there are none.</summary>
    public StopStringAutomaton? Automaton { get; init; }

    /// <summary>Whether the text ends with the stop string or the stop token that ended it.</summary>
    public bool IncludeStop { get; init; }

    /// <summary>Whether special tokens have no text.</summary>
    public bool SkipSpecialTokens { get; init; } = true;

    /// <summary>Whether the answer holds the tokens' ids.</summary>
    public bool IsReportingTokenIds { get; init; }

    /// <summary>How the text is taken apart into reasoning, content and tool calls; null when all of it is content.</summary>
    public OutputParsing? Parsing { get; init; }

    /// <summary>Tokens to generate before a stop string counts.</summary>
    public int MinTokens { get; init; }

    /// <summary>The tokens that end the text.</summary>
    public FrozenSet<int> StopTokenIds { get; init; } = FrozenSet<int>.Empty;
}
