using System.Net.Http.Json;
using System.Text.Json;
using Inference.Testing;

namespace Inference.FunctionalTests;

/// <summary>The executable with a tiny model and its adapters, one from the start and one loaded later.</summary>
public sealed class LoraServerTests
{
    [Theory]
    [InlineData("--lora")]
    [InlineData("--lora-modules")]
    public async Task Serve_WithAdapters_AnswersAsTheGoldensSay(string option)
    {
        using var server = Start(option, $"a={RepositoryFiles.Lora("llama-a")}", "--allow-runtime-lora-updating", "true", "--dtype", "float32");
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync() };
        var body = new { lora_name = "b", lora_path = RepositoryFiles.Lora("llama-b") };
        using var loaded = await client.PostAsJsonAsync("/v1/load_lora_adapter", body, TestContext.Current.CancellationToken);
        Assert.True(loaded.IsSuccessStatusCode, await loaded.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        (string Model, string Folder)[] served = [("a", RepositoryFiles.Lora("llama-a")), ("b", RepositoryFiles.Lora("llama-b")), ("llama", RepositoryFiles.ZooLlama)];
        var cases = served.SelectMany(model => Goldens(model.Folder).Select(golden => (model.Model, golden.Prompt, golden.Greedy))).ToList();

        // All at once: they share steps.
        var answers = await Task.WhenAll(cases.Select(golden => AskAsync(client, golden.Model, golden.Prompt, golden.Greedy.Length)));
        for (var i = 0; i < cases.Count; i++)
        {
            Assert.Equal(cases[i].Greedy, answers[i]);
        }

        await server.SignalAsync("TERM");
        Assert.Equal(0, await server.ExitCodeAsync());
    }

    [Fact]
    public async Task Serve_AdapterThatDoesNotFit_SaysWhyAndEnds()
    {
        using var server = Start("--lora", $"a={RepositoryFiles.Lora("llama-a")}", "--max-lora-rank", "4", "--dtype", "float32");
        Assert.Equal(1, await server.ExitCodeAsync());
        Assert.Contains("has rank 8; --max-lora-rank is 4", string.Join(' ', server.Errors), StringComparison.Ordinal);
    }

    private static ServerExecutable Start(params string[] options) => ServerExecutable.Start(
        ["--port", "0", "--model", RepositoryFiles.ZooLlama, "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "64MiB", .. options]);

    private static IEnumerable<(int[] Prompt, int[] Greedy)> Goldens(string folder)
    {
        using var cases = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        return [.. cases.RootElement.EnumerateArray().Take(3).Select(golden => (Ids(golden.GetProperty("prompt_ids")), Ids(golden.GetProperty("greedy_ids"))))];
    }

    private static async Task<int[]> AskAsync(HttpClient client, string model, int[] prompt, int count)
    {
        var body = new { model, prompt, max_tokens = count, temperature = 0, ignore_eos = true, return_token_ids = true };
        using var response = await client.PostAsJsonAsync("/v1/completions", body, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        return Ids(answer.GetProperty("choices")[0].GetProperty("token_ids"));
    }

    private static int[] Ids(JsonElement ids) => [.. ids.EnumerateArray().Select(id => id.GetInt32())];
}
