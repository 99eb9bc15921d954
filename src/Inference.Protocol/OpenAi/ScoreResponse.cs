using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>The answer of POST /score.</summary>
/// <param name="Id">Names the answer.</param>
/// <param name="Created">In Unix seconds.</param>
/// <param name="Model">The name that the request used.</param>
/// <param name="Data">One for each pair, in order.</param>
/// <param name="Usage">Tokens of all texts, each counted once.</param>
public sealed record ScoreResponse(string Id, long Created, string Model, IReadOnlyList<Score> Data, PoolingUsage Usage)
{
    /// <summary>The kind of object.</summary>
    [JsonPropertyName("object")]
    public string ObjectType { get; } = "list";
}
