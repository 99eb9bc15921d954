using System.Collections.Immutable;
using Inference.Execution.Embeddings;
using Inference.Protocol.OpenAi;
using Inference.Server.Embeddings;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Server.Validation;

namespace Inference.Server.Endpoints;

/// <summary>POST /v1/embeddings.</summary>
internal sealed class EmbeddingEndpoint(ModelRegistry models)
{
    /// <summary>Reads, checks, runs, answers.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.EmbeddingRequest, context.RequestAborted);
        var embedder = models.Embedder(body.Model);
        var isBase64 = body.EncodingFormat switch
        {
            null or "float" => false,
            "base64" => true,
            _ => throw ApiErrors.Invalid("encoding_format", "'encoding_format' must be \"float\" or \"base64\"."),
        };
        var dimensions = Check.Range("dimensions", body.Dimensions, embedder.Model.Dimensions, 1, embedder.Model.Dimensions);
        var request = embedder.Texts.Encode(body, EmbeddingEncoder.Named("input", ItemsOf(body)));
        var vectors = await embedder.Runner.RunAsync(context, request);
        var response = new EmbeddingResponse(
            body.Model ?? embedder.Names[0],
            [.. vectors.Select((vector, index) => new Embedding(index, new EmbeddingVector(Shortened(vector, dimensions), isBase64)))],
            new PoolingUsage(request.TokenCount));
        await JsonResponse.WriteAsync(context, response, OpenAiJsonContext.Default.EmbeddingResponse);
    }

    private static ImmutableArray<PromptItem> ItemsOf(EmbeddingRequest body)
    {
        var items = body.Input?.Items ?? throw ApiErrors.Invalid("input", "'input' is missing.");
        return items.IsEmpty ? throw ApiErrors.Invalid("input", "'input' must not be empty.") : items;
    }

    // The first dimensions of a vector are a vector of their own (Kusupati et al., 2022, Matryoshka representations).
    private static Memory<float> Shortened(float[] vector, int dimensions)
    {
        if (dimensions == vector.Length)
        {
            return vector;
        }

        var kept = vector.AsMemory(0, dimensions);
        Pooled.Normalize(kept.Span);
        return kept;
    }
}
