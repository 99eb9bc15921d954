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

    /// <summary>When it arrived, in Unix seconds.</summary>
    public required long Created { get; init; }

    /// <summary>Whether to answer with server-sent events.</summary>
    public required bool Stream { get; init; }

    /// <summary>Whether the stream ends with a usage chunk.</summary>
    public required bool IncludeUsage { get; init; }

    /// <summary>Whether every chunk of the stream carries the usage so far.</summary>
    public required bool ContinuousUsage { get; init; }

    /// <summary>Tokens of all prompts, each counted once.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>One for each choice, prompt by prompt.</summary>
    public required ImmutableArray<InferenceRequest> Choices { get; init; }

    /// <summary>How many of the choices each prompt has.</summary>
    public required int ChoicesPerPrompt { get; init; }

    /// <summary>How many of a prompt's choices are answered: the best of them if not all.</summary>
    public required int AnsweredPerPrompt { get; init; }

    /// <summary>How tokens become text.</summary>
    public required TextOptions Text { get; init; }

    /// <summary>Whether the client asked for log-probabilities; they may be there without that, to tell which choices are best.</summary>
    public required bool IsReportingLogprobs { get; init; }

    /// <summary>How many alternatives to report with each token; null for no log-probabilities.</summary>
    public int? TopLogprobs => Choices[0].Sampling.TopLogprobs;
}
