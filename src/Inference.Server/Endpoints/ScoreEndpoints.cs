using System.Collections.Immutable;
using System.Numerics.Tensors;
using Inference.Protocol.OpenAi;
using Inference.Server.Embeddings;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Server.Validation;

namespace Inference.Server.Endpoints;

/// <summary>POST /score and /rerank under their several addresses: texts compared by the cosine of their vectors.</summary>
internal sealed class ScoreEndpoints(ModelRegistry models, TimeProvider time)
{
    /// <summary>Scores for pairs: one text with each of several, or each with its counterpart.</summary>
    public async Task ScoreAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.ScoreRequest, context.RequestAborted);
        var embedder = models.Embedder(body.Model);
        var first = TextsOf("text_1", ("text_1", body.Text1), ("data_1", body.Data1), ("queries", body.Queries));
        var second = TextsOf("text_2", ("text_2", body.Text2), ("data_2", body.Data2), ("items", body.Items), ("documents", body.Documents));
        if (first.Length != 1 && first.Length != second.Length)
        {
            throw ApiErrors.Invalid(
                first[0].Param.Split('[')[0], $"There must be one text to compare with all others, or as many as those ({second.Length}), not {first.Length}.");
        }

        var request = embedder.Texts.Encode(body, [.. first, .. second]);
        var vectors = await embedder.Runner.RunAsync(context, request);
        var scores = Enumerable.Range(0, second.Length)
            .Select(index => new Score(index, Cosine(vectors[first.Length == 1 ? 0 : index], vectors[first.Length + index])));
        var response = new ScoreResponse(
            "score-" + context.TraceIdentifier, time.GetUtcNow().ToUnixTimeSeconds(), body.Model ?? embedder.Names[0], [.. scores], new PoolingUsage(request.TokenCount));
        await JsonResponse.WriteAsync(context, response, OpenAiJsonContext.Default.ScoreResponse);
    }

    /// <summary>Documents in the order of their likeness to a query.</summary>
    public async Task RerankAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.RerankRequest, context.RequestAborted);
        var embedder = models.Embedder(body.Model);
        var query = body.Query ?? throw ApiErrors.Invalid("query", "'query' is missing.");
        var documents = body.Documents is { IsDefaultOrEmpty: false } given ? given : throw ApiErrors.Invalid("documents", "'documents' must have at least one document.");
        if (documents.Any(document => document is null))
        {
            throw ApiErrors.Invalid("documents", "'documents' must be strings, or objects with the field 'text'.");
        }

        var count = Check.Range("top_n", body.TopN is 0 ? null : body.TopN, documents.Length, 1, int.MaxValue);
        var request = embedder.Texts.Encode(
            body,
            [("query", TextItem(query)), .. documents.Select((document, index) => ($"documents[{index}]", TextItem(document.Text)))]);
        var vectors = await embedder.Runner.RunAsync(context, request);

        // Of equal scores the earlier document first: the order is stable.
        var results = documents
            .Select((document, index) => new RerankResult(index, Cosine(vectors[0], vectors[index + 1])) { Document = body.ReturnDocuments == false ? null : document })
            .OrderByDescending(result => result.RelevanceScore)
            .Take(count);
        var response = new RerankResponse("rerank-" + context.TraceIdentifier, body.Model ?? embedder.Names[0], [.. results], new PoolingUsage(request.TokenCount));
        await JsonResponse.WriteAsync(context, response, OpenAiJsonContext.Default.RerankResponse);
    }

    private static ImmutableArray<(string Param, PromptItem Text)> TextsOf(
        string param, params ReadOnlySpan<(string Param, Prompt? Texts)> fields)
    {
        foreach (var (name, texts) in fields)
        {
            if (texts is not null)
            {
                return texts.Items.IsEmpty ? throw ApiErrors.Invalid(name, $"'{name}' must not be empty.") : EmbeddingEncoder.Named(name, texts.Items);
            }
        }

        throw ApiErrors.Invalid(param, $"'{param}' is missing.");
    }

    private static PromptItem TextItem(string text) => new([new PromptPart(text, null)]);

    // Rounding may go a little beyond; a vector of zeros is like nothing.
    private static float Cosine(float[] one, float[] other) =>
        TensorPrimitives.CosineSimilarity<float>(one, other) is var cosine && float.IsNaN(cosine) ? 0 : Math.Clamp(cosine, -1, 1);
}
