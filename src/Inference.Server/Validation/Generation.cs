using System.Collections.Immutable;
using Inference.Engine.Requests;

namespace Inference.Server.Validation;

/// <summary>A request that has passed every check: what to run, and how to answer.</summary>
internal sealed record Generation
{
    /// <summary>The answer's id.</summary>
    public required string Id { get; init; }

    /// <summary>The model's name as the client sent it.</summary>
    public required string Model { get; init; }

    /// <summary>What is asked for, in the words of OpenTelemetry's conventions: "chat" or "text_completion".</summary>
    public required string Operation { get; init; }

    /// <summary>When it arrived, in Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>Whether to answer with server-sent events.</summary>
    public required bool Stream { get; init; }

    /// <summary>Whether the stream ends with a usage chunk.</summary>
    public required bool IncludeUsage { get; init; }

    /// <summary>Whether every chunk of the stream carries the usage so far.</summary>
    public required bool ContinuousUsage { get; init; }

    /// <summary>The answer's field system_fingerprint.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>The answer's field service_tier; null to leave it out.</summary>
    public string? ServiceTier { get; init; }

    /// <summary>The prompts.</summary>
    public required ImmutableArray<PreparedPrompt> Prompts { get; init; }

    /// <summary>Tokens of all prompts, each counted once.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>One for each choice, prompt by prompt; with beam search one for all choices of a prompt.</summary>
    public required ImmutableArray<InferenceRequest> Choices { get; init; }

    /// <summary>What the answers must look like, not yet compiled; null: anything.</summary>
    public ResponseConstraint? Constraint { get; init; }

    /// <summary>How many of the choices each prompt has.</summary>
    public required int ChoicesPerPrompt { get; init; }

    /// <summary>How many of a prompt's choices are answered: the best of them if not all.</summary>
    public required int AnsweredPerPrompt { get; init; }

    /// <summary>How tokens become text.</summary>
    public required TextOptions Text { get; init; }

    /// <summary>
    /// How many alternatives to report with each token; null for no log-probabilities, which may be there all the same, to tell which choices
    /// are best.
    /// </summary>
    public int? TopLogprobs { get; init; }

    /// <summary>How many alternatives to report with each token of the prompt, in a field of its own; null for nothing.</summary>
    public int? PromptLogprobs { get; init; }

    /// <summary>Whether what is generated is left out.</summary>
    public bool IsPromptOnly { get; init; }

    /// <summary>Whether log-probabilities spell tokens as their ids.</summary>
    public bool SpellsTokenIds { get; init; }
}
