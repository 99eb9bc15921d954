using System.Collections.Immutable;
using Inference.Server.Streaming;

namespace Inference.Server.Parsing;

/// <summary>Tags to look for together. Immutable.</summary>
internal sealed class TagSet(params ImmutableArray<string> tags)
{
    /// <summary>The tags, each not empty.</summary>
    public ImmutableArray<string> Tags => tags;

    /// <summary>Finds them.</summary>
    public StopStringAutomaton Automaton { get; } = new(tags);
}
