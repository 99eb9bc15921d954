using System.Security.Cryptography;

namespace Inference.Server.Parsing;

/// <summary>How a request's output is taken apart. Shared by its choices, each of which makes a parser of its own.</summary>
internal sealed record OutputParsing
{
    private const string IdAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 24;

    /// <summary>How tool calls are written; null when none are looked for.</summary>
    public ToolCallFormat? Tools { get; init; }

    /// <summary>Whether several tools may be called; of several calls only the first is kept otherwise.</summary>
    public bool IsParallel { get; init; } = true;

    /// <summary>Whether reasoning is looked for.</summary>
    public bool HasReasoning { get; init; }

    /// <summary>Whether the output begins inside the reasoning: the prompt has opened it.</summary>
    public bool StartsReasoning { get; init; }

    /// <summary>Whether the answer holds the reasoning.</summary>
    public bool IncludesReasoning { get; init; } = true;

    /// <summary>A parser for one choice.</summary>
    public OutputParser CreateParser() => new(this);

    /// <summary>An id for a tool call, in the form that the model's chat template takes back.</summary>
    public string NewCallId() => Tools?.CallIdLength is { } length
        ? RandomNumberGenerator.GetString(IdAlphabet, length)
        : "call_" + RandomNumberGenerator.GetString(IdAlphabet, IdLength);
}
