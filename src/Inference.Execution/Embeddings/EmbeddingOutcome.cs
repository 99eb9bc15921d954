using System.Collections.Immutable;
using Inference.Engine.Requests;

namespace Inference.Execution.Embeddings;

/// <summary>How a request ended: with <see cref="FinishReason.Stop"/> and a vector for each text, or with none.</summary>
/// <param name="Reason">Stop, Cancelled, Expired or Error.</param>
/// <param name="Vectors">In the order of the texts; empty unless the reason is Stop.</param>
public sealed record EmbeddingOutcome(FinishReason Reason, ImmutableArray<float[]> Vectors);
