using Inference.Protocol.OpenAi;

namespace Inference.Server.Streaming;

/// <summary>How a choice ended.</summary>
/// <param name="FinishReason">As on the wire: "stop", "length" or "tool_calls".</param>
/// <param name="StopReason">The stop string or the request's own stop token, when one ended it.</param>
internal sealed record ChoiceEnd(string FinishReason, StopReason? StopReason);
