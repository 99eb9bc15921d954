using System.ClientModel;
using System.Net;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Text.Json;
using Inference.Execution.Tests.Embeddings;
using Inference.FunctionalTests.OpenApi;
using Inference.Testing;
using OpenAI;
using OpenAI.Embeddings;

namespace Inference.FunctionalTests;

public sealed class EmbeddingTests(SharedEmbeddingServer shared) : IClassFixture<SharedEmbeddingServer>
{
    private const string Embeddings = "/v1/embeddings";

    private EmbeddingServer Server => shared.Server;

    [Fact]
    public async Task Create_GoldenTexts_AreCloseToTheReferenceAndFollowTheSpecification()
    {
        using var golden = JsonDocument.Parse(
            await File.ReadAllBytesAsync(Path.Combine(RepositoryFiles.Golden, "all-minilm-l6-v2.json"), TestContext.Current.CancellationToken));
        var items = golden.RootElement.EnumerateArray().ToArray();
        var texts = items.Select(item => item.GetProperty("text").GetString()).ToArray();

        var answer = await Server.AskAsync(Embeddings, JsonSerializer.Serialize(new { model = "all-minilm", input = texts, user = "someone" }));

        OpenAiSchemas.AssertValid("CreateEmbeddingResponse", answer);
        Assert.Equal("all-minilm", answer.GetProperty("model").GetString());
        Assert.Equal(Enumerable.Range(0, texts.Length), answer.GetProperty("data").EnumerateArray().Select(item => item.GetProperty("index").GetInt32()));
        var tokens = items.Sum(item => item.GetProperty("input_ids").GetArrayLength());
        Assert.Equal((tokens, tokens), (Usage(answer, "prompt_tokens"), Usage(answer, "total_tokens")));
        var vectors = EmbeddingServer.VectorsOf(answer);
        Assert.All(items.Zip(vectors), pair =>
        {
            var expected = pair.First.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()).ToArray();
            Assert.True(TensorPrimitives.CosineSimilarity<float>(expected, pair.Second) >= 0.98f);
            Assert.Equal(1, TensorPrimitives.Norm<float>(pair.Second), 1e-5f);
        });
    }

    [Fact]
    public async Task Create_InACrowd_IsAsAloneToTheBit()
    {
        string[] texts = ["The cat sits outside", "x", "A man is playing guitar", "word word word word word word word word", "naïve café 北京 🙂"];
        var alone = new List<float[]>();
        foreach (var text in texts)
        {
            alone.Add(await VectorAsync(JsonSerializer.Serialize(new { input = text })));
        }

        var crowd = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Server.AskAsync(Embeddings, JsonSerializer.Serialize(new { input = texts }))));

        Assert.All(crowd, answer => Assert.Equal(alone, EmbeddingServer.VectorsOf(answer)));
    }

    [Fact]
    public async Task Create_EveryFormOfInput_MeansTheSame()
    {
        // "the cat sits outside" with its special tokens around.
        var text = await VectorAsync("""{"input": "the cat sits outside"}""");
        var tokens = await Server.AskAsync(Embeddings, """{"input": [101, 1996, 4937, 7719, 2648, 102]}""");
        var lists = await Server.AskAsync(Embeddings, """{"input": [[101, 1996, 4937, 7719, 2648, 102], "the cat sits outside", [1996, "cat sits outside"]]}""");

        Assert.Equal(text, Assert.Single(EmbeddingServer.VectorsOf(tokens)));
        Assert.Equal([text, text, text], EmbeddingServer.VectorsOf(lists));
        Assert.Equal(18, Usage(lists, "prompt_tokens"));
    }

    [Fact]
    public async Task Create_Base64_IsTheFloatsBytes()
    {
        var floats = await VectorAsync("""{"input": "a cat", "encoding_format": "float"}""");
        var answer = await Server.AskAsync(Embeddings, """{"input": "a cat", "encoding_format": "base64"}""");

        OpenAiSchemas.AssertValid("CreateEmbeddingResponse", JsonElement.Parse(
            answer.GetRawText().Replace("\"" + answer.GetProperty("data")[0].GetProperty("embedding").GetString() + "\"", "[]", StringComparison.Ordinal)));
        var bytes = answer.GetProperty("data")[0].GetProperty("embedding").GetBytesFromBase64();
        Assert.Equal(floats, MemoryMarshal.Cast<byte, float>(bytes).ToArray());
    }

    [Fact]
    public async Task Create_FewerDimensions_AreTheFirstOnesBroughtToLengthOne()
    {
        var whole = await VectorAsync("""{"input": "a cat"}""");
        var part = await VectorAsync("""{"input": "a cat", "dimensions": 64}""");

        Assert.Equal((64, 1), (part.Length, (int)Math.Round(1000 * TensorPrimitives.Norm<float>(part)) / 1000));
        Assert.Equal(1, TensorPrimitives.CosineSimilarity<float>(part, whole.AsSpan(0, 64)), 1e-6f);
    }

    [Fact]
    public async Task Create_EmptyText_IsItsSpecialTokens() =>
        Assert.Equal(2, Usage(await Server.AskAsync(Embeddings, """{"input": ""}"""), "prompt_tokens"));

    [Fact]
    public async Task Create_LongText_IsCutWhenAskedTo()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 400)) + " end";

        var all = await Server.AskAsync(Embeddings, $$"""{"input": "{{text}}", "truncate_prompt_tokens": -1}""");
        var three = await VectorAsync($$"""{"input": "{{text}}", "truncate_prompt_tokens": 3}""");
        var left = await VectorAsync($$"""{"input": "{{text}}", "truncate_prompt_tokens": 3, "truncation_side": "left"}""");

        Assert.Equal(256, Usage(all, "prompt_tokens"));
        Assert.Equal(await VectorAsync("""{"input": "word"}"""), three);
        Assert.Equal(await VectorAsync("""{"input": "end"}"""), left);
    }

    [Theory]
    [InlineData("{}", 400, "input", null)]
    [InlineData("""{"input": []}""", 400, "input", null)]
    [InlineData("""{"input": 5}""", 400, "input", null)]
    [InlineData("""{"input": null}""", 400, "input", null)]
    [InlineData("""{"input": [[]]}""", 400, "input", null)]
    [InlineData("""{"input": ["a", []]}""", 400, "input[1]", null)]
    [InlineData("""{"input": [30522]}""", 400, "input", null)]
    [InlineData("""{"input": [[1], [-1]]}""", 400, "input[1]", null)]
    [InlineData("""{"input": "a", "model": "nope"}""", 404, "model", "model_not_found")]
    [InlineData("""{"input": "a", "model": "alphabet"}""", 400, "model", "model_not_supported")]
    [InlineData("""{"input": "a", "encoding_format": "hex"}""", 400, "encoding_format", null)]
    [InlineData("""{"input": "a", "dimensions": 0}""", 400, "dimensions", null)]
    [InlineData("""{"input": "a", "dimensions": 385}""", 400, "dimensions", null)]
    [InlineData("""{"input": "a", "truncate_prompt_tokens": 2}""", 400, "truncate_prompt_tokens", null)]
    [InlineData("""{"input": "a", "truncate_prompt_tokens": 257}""", 400, "truncate_prompt_tokens", null)]
    [InlineData("""{"input": "a", "truncation_side": "middle"}""", 400, "truncation_side", null)]
    [InlineData("""{"input": "a", "deadline": 0}""", 400, "deadline", null)]
    [InlineData("""{"input": "\ud800"}""", 400, "input", null)]
    public async Task Create_WrongField_IsNamed(string body, int status, string param, string? code)
    {
        using var response = await Server.PostAsync(Embeddings, body);
        await ErrorTests.AssertErrorAsync(response, status, param, code);
    }

    [Fact]
    public async Task Create_TooLong_IsRefusedWithTheFieldsPlace()
    {
        var text = string.Join(' ', Enumerable.Repeat("word", 255));
        using var response = await Server.PostAsync(Embeddings, $$"""{"input": ["a", "{{text}}"]}""");

        var error = await ErrorTests.AssertErrorAsync(response, 400, "input[1]", "context_length_exceeded");
        Assert.Equal((257, 256), (error.GetProperty("n_prompt_tokens").GetInt32(), error.GetProperty("n_ctx").GetInt32()));
        Assert.Contains("too large", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_TooManyTexts_IsRefused()
    {
        using var response = await Server.PostAsync(Embeddings, JsonSerializer.Serialize(new { input = Enumerable.Repeat("a", 2049) }));
        await ErrorTests.AssertErrorAsync(response, 400, "input");
    }

    [Theory]
    [InlineData("/v1/completions", """{"model": "all-minilm", "prompt": "a"}""")]
    [InlineData("/v1/chat/completions", """{"model": "all-minilm", "messages": [{"role": "user", "content": "a"}]}""")]
    public async Task Generate_WithAnEmbeddingModel_IsRefusedInWords(string path, string body)
    {
        using var response = await Server.PostAsync(path, body);

        var error = await ErrorTests.AssertErrorAsync(response, 400, "model", "model_not_supported");
        Assert.Contains("embeddings", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_List_HasEveryNameWithItsLimit()
    {
        var list = JsonElement.Parse(await Server.Client.GetStringAsync("/v1/models", TestContext.Current.CancellationToken));

        OpenAiSchemas.AssertValid("ListModelsResponse", list);
        Assert.Equal(
            [("alphabet", 256), ("all-minilm", 256), ("text-embedding-3-small", 256)],
            list.GetProperty("data").EnumerateArray().Select(card => (card.GetProperty("id").GetString()!, card.GetProperty("max_model_len").GetInt32())));
    }

    [Fact]
    public async Task Tokenize_WithAnEmbeddingModel_HasItsSpecialTokens()
    {
        var answer = await Server.AskAsync("/tokenize", """{"model": "all-minilm", "prompt": "the cat", "return_token_strs": true}""");
        var text = await Server.AskAsync("/detokenize", """{"model": "all-minilm", "tokens": [1996, 4937]}""");

        Assert.Equal("[101,1996,4937,102]", answer.GetProperty("tokens").GetRawText());
        Assert.Equal(256, answer.GetProperty("max_model_len").GetInt32());
        Assert.Equal("the cat", text.GetProperty("prompt").GetString());

        using var chat = await Server.PostAsync("/tokenize", """{"model": "all-minilm", "messages": [{"role": "user", "content": "a"}]}""");
        await ErrorTests.AssertErrorAsync(chat, 400, "model", "model_not_supported");
    }

    [Fact]
    public async Task Metrics_CountPromptTokensAndNothingGenerated()
    {
        await using var server = await EmbeddingServer.StartAsync();
        await server.AskAsync(Embeddings, """{"input": ["a cat", "a dog"]}""");

        var metrics = await server.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);

        Assert.Contains("vllm:prompt_tokens_total{engine=\"0\",model_name=\"all-minilm\"} 8\n", metrics, StringComparison.Ordinal);
        Assert.Contains("vllm:request_success_total{engine=\"0\",model_name=\"all-minilm\",finished_reason=\"stop\"} 1\n", metrics, StringComparison.Ordinal);
        Assert.Contains("gen_ai_server_request_duration_count{gen_ai_operation_name=\"embeddings\"", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain("vllm:generation_tokens_total{engine=\"0\",model_name=\"all-minilm\"}", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_QueueFull_Is429()
    {
        var model = new ScriptedEmbeddingModel();
        await using var server = await EmbeddingServer.StartAsync(model, options => options with { MaxNumSeqs = 1, MaxQueueLength = 1 });
        model.Hold();
        var running = server.PostAsync(Embeddings, """{"input": "a"}""");
        await model.TextHeldAsync(TestContext.Current.CancellationToken);
        var others = new[] { server.PostAsync(Embeddings, """{"input": "b"}"""), server.PostAsync(Embeddings, """{"input": "c"}""") };

        using var refused = await await Task.WhenAny(others);
        await ErrorTests.AssertErrorAsync(refused, 429, code: "queue_full");
        using var ready = await server.Client.GetAsync("/load", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        model.Release();
        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);
        Assert.Single(await Task.WhenAll(others), response => response.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Create_ClientGone_LeavesTheRestOut()
    {
        var model = new ScriptedEmbeddingModel();
        await using var server = await EmbeddingServer.StartAsync(model);
        model.Hold();
        using var cancellation = new CancellationTokenSource();
        var pending = server.PostAsync(Embeddings, """{"input": ["a", "b", "c"]}""", cancellation.Token);
        await model.TextHeldAsync(TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pending);

        // The connection's end is noticed a moment later.
        while (await server.Client.GetStringAsync("/load", TestContext.Current.CancellationToken) is var load && !load.Contains(":0}", StringComparison.Ordinal))
        {
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }

        model.Release();
        Assert.Single(model.Texts);
        await server.AskAsync(Embeddings, """{"input": "d"}""");
        Assert.Equal(2, model.Texts.Count);
    }

    [Fact]
    public async Task Create_TooSlow_Is504()
    {
        var model = new ScriptedEmbeddingModel();
        await using var server = await EmbeddingServer.StartAsync(model, options => options with { RequestTimeout = TimeSpan.FromMilliseconds(50) });
        model.Hold();
        try
        {
            using var response = await server.PostAsync(Embeddings, """{"input": "a"}""");
            await ErrorTests.AssertErrorAsync(response, 504, code: "request_timeout");
        }
        finally
        {
            model.Release();
        }
    }

    [Fact]
    public async Task Create_ModelFails_Is500WithoutDetails()
    {
        var model = new ScriptedEmbeddingModel { FailsOn = _ => true };
        await using var server = await EmbeddingServer.StartAsync(model);

        using var response = await server.PostAsync(Embeddings, """{"input": "a"}""");

        var error = await ErrorTests.AssertErrorAsync(response, 500, code: "internal_error");
        Assert.DoesNotContain("scripted", error.GetRawText(), StringComparison.Ordinal);
        model.FailsOn = null;
        await server.AskAsync(Embeddings, """{"input": "a"}""");
    }

    [Fact]
    public async Task Stop_WhileRunning_AnswersFirst()
    {
        var model = new ScriptedEmbeddingModel();
        await using var server = await EmbeddingServer.StartAsync(model, withDecoder: false);
        model.Hold();
        var running = server.AskAsync(Embeddings, """{"input": ["a", "b"]}""");
        await model.TextHeldAsync(TestContext.Current.CancellationToken);
        var stop = server.StopAsync();
        model.Release();

        await stop;
        Assert.Equal(2, EmbeddingServer.VectorsOf(await running).Length);
    }

    [Fact]
    public async Task Server_WithEmbeddingsAlone_SaysSo()
    {
        await using var server = await EmbeddingServer.StartAsync(new ScriptedEmbeddingModel(), withDecoder: false);

        using var response = await server.PostAsync("/v1/completions", """{"prompt": "a"}""");
        await ErrorTests.AssertErrorAsync(response, 400, "model", "model_not_supported");
        using var health = await server.Client.GetAsync("/ready", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Create_WithoutAnEmbeddingModel_SaysSo()
    {
        await using var server = await RunningServer.StartAsync();
        using var response = await server.PostAsync(Embeddings, """{"input": "a"}""");
        await ErrorTests.AssertErrorAsync(response, 400, "model", "model_not_supported");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(32)]
    public async Task Sdk_Embeddings_AreVectors(int? dimensions)
    {
        var client = new OpenAIClient(new ApiKeyCredential("key"), new OpenAIClientOptions { Endpoint = new Uri(Server.Address, "v1") }).GetEmbeddingClient("all-minilm");

        OpenAIEmbeddingCollection embeddings = await client.GenerateEmbeddingsAsync(
            ["a cat", "a dog"], new EmbeddingGenerationOptions { Dimensions = dimensions }, TestContext.Current.CancellationToken);

        Assert.Equal([dimensions ?? 384, dimensions ?? 384], embeddings.Select(embedding => embedding.ToFloats().Length));
        Assert.Equal(8, embeddings.Usage.InputTokenCount);
        Assert.Equal(
            await VectorAsync($$"""{"input": "a dog", "dimensions": {{dimensions ?? 384}}}"""), embeddings[1].ToFloats().ToArray());
    }

    private static int Usage(JsonElement answer, string name) => answer.GetProperty("usage").GetProperty(name).GetInt32();

    private async Task<float[]> VectorAsync(string body) => Assert.Single(EmbeddingServer.VectorsOf(await Server.AskAsync(Embeddings, body)));
}
