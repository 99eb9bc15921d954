using System.Text.Json.Serialization;

namespace Inference.Server.Parsing;

/// <summary>Serialization of what parsers take out of JSON, generated at build time.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class ParsingJsonContext : JsonSerializerContext;
