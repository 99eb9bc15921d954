using System.Net.Http.Json;
using System.Text.Json;
using Inference.Testing;

namespace Inference.FunctionalTests;

/// <summary>The executable with the default model, as a newcomer starts it.</summary>
public sealed class RealModelTests
{
    [Fact]
    public async Task Serve_DefaultModelInFloat32_AnswersAsTheGoldensSay()
    {
        using var server = Start("--dtype", "float32");
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
        using var golden = JsonDocument.Parse(
            await File.ReadAllBytesAsync(Path.Combine(RepositoryFiles.Golden, "smollm2-135m-instruct.json"), TestContext.Current.CancellationToken));

        var cases = golden.RootElement.GetProperty("cases").EnumerateArray()
            .Where(c => c.TryGetProperty("user", out _) && c.GetProperty("margins").EnumerateArray().All(margin => margin.GetDouble() > 1e-3))
            .ToArray();
        Assert.True(cases.Length >= 3, $"only {cases.Length} cases are decisive");

        // All at once: they share steps.
        var answers = await Task.WhenAll(cases.Select(c => AskAsync(client, c.GetProperty("user").GetString()!, c.GetProperty("greedy_ids").GetArrayLength())));

        for (var i = 0; i < cases.Length; i++)
        {
            Assert.Equal(cases[i].GetProperty("prompt_ids").GetArrayLength(), answers[i].GetProperty("usage").GetProperty("prompt_tokens").GetInt32());
            Assert.Equal(cases[i].GetProperty("text").GetString()!.Replace("<|im_end|>", "", StringComparison.Ordinal), TextOf(answers[i]));
        }

        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.ExitCodeAsync());
    }

    [Fact]
    public async Task Serve_DefaultModel_AnswersAlikeAloneAndInACrowd()
    {
        using var server = Start();
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
        string[] questions = ["What is the capital of France?", "Name three colours.", "Write a haiku about rain.", "What is 2 + 2?", "Who wrote Hamlet?"];

        var alone = new List<string>();
        foreach (var question in questions)
        {
            alone.Add(TextOf(await AskAsync(client, question, 24)));
        }

        var crowd = await Task.WhenAll(questions.Select(question => AskAsync(client, question, 24)));

        Assert.All(alone, text => Assert.NotEmpty(text));
        Assert.Equal(alone, crowd.Select(TextOf));
    }

    private static ServerExecutable Start(params string[] options) => ServerExecutable.Start(
        ["--port", "0", "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "256MiB", .. options]);

    private static string TextOf(JsonElement answer) => answer.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;

    private static async Task<JsonElement> AskAsync(HttpClient client, string user, int maxTokens)
    {
        var request = new
        {
            model = "smollm2-135m-instruct",
            messages = new[] { new { role = "user", content = user } },
            max_tokens = maxTokens,
            temperature = 0,
        };
        using var response = await client.PostAsJsonAsync("/v1/chat/completions", request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }
}
