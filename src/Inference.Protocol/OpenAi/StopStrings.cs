using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The field stop: a string or an array of strings.</summary>
/// <param name="Values">The strings in order.</param>
[JsonConverter(typeof(StopStringsConverter))]
public sealed record StopStrings(ImmutableArray<string> Values);
