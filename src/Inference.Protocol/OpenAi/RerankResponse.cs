namespace Inference.Protocol.OpenAi;

/// <summary>The answer of POST /rerank.</summary>
/// <param name="Id">Names the answer.</param>
/// <param name="Model">The name that the request used.</param>
/// <param name="Results">The best first.</param>
/// <param name="Usage">Tokens of the query and all documents.</param>
public sealed record RerankResponse(string Id, string Model, IReadOnlyList<RerankResult> Results, PoolingUsage Usage);
