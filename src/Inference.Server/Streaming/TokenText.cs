using Inference.Engine.Requests;

namespace Inference.Server.Streaming;

/// <summary>A token with its log-probabilities, when a request asks for them.</summary>
/// <param name="TokenId">The token.</param>
/// <param name="Text">Its text; empty while it ends inside a character.</param>
/// <param name="Offset">Where its text begins in the choice's text, in UTF-16 units.</param>
/// <param name="Logprobs">What the engine reported; null for the first token of a prompt, which follows nothing.</param>
internal sealed record TokenText(int TokenId, string Text, int Offset, TokenLogprobs? Logprobs);
