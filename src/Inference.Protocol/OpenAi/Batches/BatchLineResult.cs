namespace Inference.Protocol.OpenAi.Batches;

/// <summary>A line of a batch's results.</summary>
/// <param name="Id">Unique.</param>
/// <param name="CustomId">The request's; null where that could not be read.</param>
/// <param name="Response">The answer; null when the request did not run.</param>
/// <param name="Error">Why it did not; null when it did.</param>
public sealed record BatchLineResult(string Id, string? CustomId, BatchLineResponse? Response, BatchLineError? Error);
