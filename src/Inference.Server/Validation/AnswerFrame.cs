using System.Collections.Immutable;

namespace Inference.Server.Validation;

/// <summary>What an answer that is held to a constraint may begin with all the same, in tokens.</summary>
internal sealed record AnswerFrame
{
    /// <summary>Opens reasoning; null when there is none.</summary>
    public int? OpenReasoning { get; init; }

    /// <summary>Ends reasoning.</summary>
    public int? CloseReasoning { get; init; }

    /// <summary>Whether the prompt has opened the reasoning.</summary>
    public bool StartsReasoning { get; init; }

    /// <summary>Each begins a tool call, which stands in place of the answer.</summary>
    public ImmutableArray<int> ToolMarks { get; init; } = [];

    /// <summary>Whether there is nothing.</summary>
    public bool IsEmpty => CloseReasoning is null && ToolMarks.IsEmpty;
}
