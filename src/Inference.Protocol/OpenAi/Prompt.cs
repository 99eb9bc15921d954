using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>
/// The field prompt of completions: a string, an array of token ids (with strings among them: one prompt), or an array of prompts that are
/// strings or arrays of token ids.
/// </summary>
/// <param name="Items">The prompts in order; empty when the client sent an empty array.</param>
[JsonConverter(typeof(PromptConverter))]
public sealed record Prompt(ImmutableArray<PromptItem> Items);
