namespace Inference.Engine.Requests;

/// <summary>How a request ended, and what it used.</summary>
public sealed record RequestOutcome
{
    /// <summary>Why it ended.</summary>
    public required FinishReason Reason { get; init; }

    /// <summary>The stop token that ended it, when <see cref="Reason"/> is <see cref="FinishReason.Stop"/>.</summary>
    public int? StopTokenId { get; init; }

    /// <summary>
    /// A message fit for the client, when <see cref="Reason"/> is <see cref="FinishReason.Rejected"/>, <see cref="FinishReason.Expired"/> or
    /// <see cref="FinishReason.Error"/>.
    /// </summary>
    public string? Error { get; init; }

    /// <summary>Tokens in the prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens generated, a final stop token included.</summary>
    public required int CompletionTokens { get; init; }

    /// <summary>The score of a text that beam search found; null without one, or when it did not end by itself.</summary>
    public double? Score { get; init; }
}
