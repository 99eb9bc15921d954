namespace Inference.Protocol.OpenAi.Batches;

/// <summary>How many requests of a batch have run.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Completed">Those with an answer.</param>
/// <param name="Failed">Those with an error.</param>
public sealed record BatchRequestCounts(int Total, int Completed, int Failed);
