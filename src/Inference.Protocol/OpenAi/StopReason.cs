using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The field stop_reason of vLLM: the stop string or the stop token that ended a choice. Exactly one of the two is set.</summary>
/// <param name="Text">The stop string.</param>
/// <param name="TokenId">The stop token.</param>
[JsonConverter(typeof(StopReasonConverter))]
public sealed record StopReason(string? Text, int? TokenId);
