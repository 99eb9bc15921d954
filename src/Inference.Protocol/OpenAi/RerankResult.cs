using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>A document's rank.</summary>
/// <param name="Index">Its place in the request.</param>
/// <param name="RelevanceScore">The cosine of its vector and the query's, from -1 to 1.</param>
public sealed record RerankResult(int Index, float RelevanceScore)
{
    /// <summary>The document; left out unless it is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RerankDocument? Document { get; init; }
}
