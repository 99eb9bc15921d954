using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The field logit_bias: an object of token ids (as strings of digits), or an array of pairs of a token id and a number.</summary>
/// <param name="Values">Keys as sent, not checked, and what is added to the logit.</param>
[JsonConverter(typeof(LogitBiasConverter))]
public sealed record LogitBias(ImmutableArray<KeyValuePair<string, double>> Values);
