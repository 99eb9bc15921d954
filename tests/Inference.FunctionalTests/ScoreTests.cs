using System.Net;
using System.Numerics.Tensors;

namespace Inference.FunctionalTests;

public sealed class ScoreTests(SharedEmbeddingServer shared) : IClassFixture<SharedEmbeddingServer>
{
    private const string Rerank = """
        {"model": "all-minilm", "query": "pets", "documents": ["Interest rates rise", {"text": "A dog and a cat", "id": 7}, "The market fell"]}
        """;

    private EmbeddingServer Server => shared.Server;

    [Theory]
    [InlineData("/score", "text_1", "text_2")]
    [InlineData("/v1/score", "data_1", "data_2")]
    [InlineData("/v1/score", "queries", "items")]
    [InlineData("/v1/score", "queries", "documents")]
    public async Task Score_OneWithSeveral_IsTheCosine(string path, string first, string second)
    {
        var answer = await Server.AskAsync(path, $$"""{"model": "all-minilm", "{{first}}": "a cat", "{{second}}": ["a cat", "a dog", "interest rates"]}""");

        var vectors = EmbeddingServer.VectorsOf(await Server.AskAsync("/v1/embeddings", """{"input": ["a cat", "a dog", "interest rates"]}"""));
        Assert.Equal("list", answer.GetProperty("object").GetString());
        Assert.StartsWith("score-", answer.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal("all-minilm", answer.GetProperty("model").GetString());
        Assert.True(answer.GetProperty("created").GetInt64() > 0);
        Assert.Equal(16, answer.GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
        var data = answer.GetProperty("data").EnumerateArray().ToArray();
        Assert.Equal([0, 1, 2], data.Select(item => item.GetProperty("index").GetInt32()));
        Assert.All(data, item => Assert.Equal("score", item.GetProperty("object").GetString()));
        Assert.Equal(
            vectors.Select(vector => TensorPrimitives.CosineSimilarity<float>(vectors[0], vector)),
            data.Select(item => item.GetProperty("score").GetSingle()), (x, y) => Math.Abs(x - y) < 1e-6f);
    }

    [Fact]
    public async Task Score_SeveralWithAsMany_ComparesEachWithItsCounterpart()
    {
        var answer = await Server.AskAsync("/score", """{"text_1": ["a cat", "a dog"], "text_2": ["a dog", "a dog"]}""");

        var scores = answer.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("score").GetSingle()).ToArray();
        Assert.True(scores[0] < 0.99f);
        Assert.Equal(1, scores[1], 1e-6f);
    }

    [Theory]
    [InlineData("{}", "text_1")]
    [InlineData("""{"text_1": "a"}""", "text_2")]
    [InlineData("""{"text_1": [], "text_2": "a"}""", "text_1")]
    [InlineData("""{"queries": ["a", "b"], "items": ["a", "b", "c"]}""", "queries")]
    [InlineData("""{"text_1": "a", "text_2": ["a", [99999]]}""", "text_2[1]")]
    public async Task Score_WrongField_IsNamed(string body, string param)
    {
        using var response = await Server.PostAsync("/v1/score", body);
        await ErrorTests.AssertErrorAsync(response, 400, param);
    }

    [Theory]
    [InlineData("/rerank")]
    [InlineData("/v1/rerank")]
    [InlineData("/v2/rerank")]
    public async Task Rerank_Documents_TheBestComeFirst(string path)
    {
        var answer = await Server.AskAsync(path, Rerank);

        var results = answer.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(1, results[0].GetProperty("index").GetInt32());
        Assert.Equal("A dog and a cat", results[0].GetProperty("document").GetProperty("text").GetString());
        var scores = results.Select(result => result.GetProperty("relevance_score").GetSingle()).ToArray();
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.StartsWith("rerank-", answer.GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.True(answer.GetProperty("usage").GetProperty("total_tokens").GetInt32() > 3);
    }

    [Fact]
    public async Task Rerank_TopWithoutDocuments_GivesOnlyThose()
    {
        var answer = await Server.AskAsync("/rerank", Rerank.TrimEnd().TrimEnd('}') + ", \"top_n\": 2, \"return_documents\": false}");

        var results = answer.GetProperty("results").EnumerateArray().ToArray();
        Assert.Equal(2, results.Length);
        Assert.All(results, result => Assert.False(result.TryGetProperty("document", out _)));
    }

    [Theory]
    [InlineData("""{"documents": ["a"]}""", "query")]
    [InlineData("""{"query": "a"}""", "documents")]
    [InlineData("""{"query": "a", "documents": []}""", "documents")]
    [InlineData("""{"query": "a", "documents": [null]}""", "documents")]
    [InlineData("""{"query": "a", "documents": [5]}""", "documents[0]")]
    [InlineData("""{"query": "a", "documents": ["\ud800"]}""", "documents[0]")]
    [InlineData("""{"query": "a", "documents": [{"\ud800": "a"}]}""", "documents[0]")]
    [InlineData("""{"query": "a", "documents": [{"txt": "a"}]}""", "documents[0]")]
    [InlineData("""{"query": "a", "documents": ["a"], "top_n": -1}""", "top_n")]
    public async Task Rerank_WrongField_IsNamed(string body, string param)
    {
        using var response = await Server.PostAsync("/rerank", body);
        await ErrorTests.AssertErrorAsync(response, 400, param);
    }

    [Theory]
    [InlineData("/v1/embeddings")]
    [InlineData("/score")]
    [InlineData("/rerank")]
    [InlineData("/v2/rerank")]
    public async Task Key_Asked_GuardsTheModel(string path)
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["key"] });
        using var response = await server.PostAsync(path, "{}");
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Score_WithADecoder_IsRefusedInWords()
    {
        using var response = await Server.PostAsync("/score", """{"model": "alphabet", "text_1": "a", "text_2": "b"}""");
        await ErrorTests.AssertErrorAsync(response, 400, "model", "model_not_supported");
    }
}
