using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>A document: sent as a text, or as an object with the field text; answered as the latter.</summary>
/// <param name="Text">The text.</param>
[JsonConverter(typeof(RerankDocumentConverter))]
public sealed record RerankDocument(string Text);
