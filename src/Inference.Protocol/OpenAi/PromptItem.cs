using System.Collections.Immutable;

namespace Inference.Protocol.OpenAi;

/// <summary>One prompt: nearly always one part.</summary>
/// <param name="Parts">Texts and token ids, in order; empty when the client sent an empty array.</param>
public readonly record struct PromptItem(ImmutableArray<PromptPart> Parts);
