using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Engine.Execution;
using Inference.Server.Parsing;
using Inference.Server.Serving;
using Inference.Testing;
using Inference.Tokenization;
using Inference.Tokenization.ChatTemplates;

namespace Inference.FunctionalTests;

/// <summary>response_format together with reasoning and with tools: what is held to the schema, and what may come before it or in its place.</summary>
public sealed class ReasoningConstraintTests
{
    private const string Path = "/v1/chat/completions";
    private const string Ask = "\"messages\": [{\"role\": \"user\", \"content\": \"Really?\"}], \"temperature\": 0, \"max_tokens\": 200";
    private const string Schema = "\"response_format\": {\"type\": \"json_schema\", \"json_schema\": {\"name\": \"x\", \"schema\": {\"enum\": [\"yes\"]}}}";
    private const string Tools = "\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"parameters\": {\"type\": \"object\"}}}]";
    private const string Call = "<tool_call>{\"name\": \"weather\", \"arguments\": {\"city\": \"Graz\"}}</tool_call>";

    // What marks reasoning and calls is one token each, as in the models that write it.
    private static readonly Lazy<Tokenizer> MarkedTokenizer = new(LoadMarked);

    [Theory]
    [InlineData("", "<think>Hm, well.</think>Perhaps.", "Hm, well.")]
    [InlineData("<think>", "Hm, well.</think>Perhaps.", "Hm, well.")]
    [InlineData("", "Perhaps.", null)]
    [InlineData("<think>\n\n</think>\n\n", "<think>Still.</think>Perhaps.", null)]
    public async Task Schema_WithReasoning_HoldsWhatFollowsIt(string opening, string output, string? reasoning)
    {
        await using var server = await StartAsync(output, opening, MarkedTokenizer.Value);

        var whole = (await server.AskAsync(Path, $"{{{Ask}, {Schema}}}")).GetProperty("choices")[0];
        var events = await server.StreamAsync(Path, $"{{{Ask}, {Schema}, \"stream\": true}}");

        Assert.Equal("\"yes\"", whole.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", whole.GetProperty("finish_reason").GetString());
        Assert.Equal(reasoning, ReasoningOf(whole.GetProperty("message")));
        Assert.Equal(reasoning ?? "", string.Concat(events.Select(e => ReasoningOf(e.GetProperty("choices")[0].GetProperty("delta")))));
    }

    [Fact]
    public async Task Schema_WithReasoningOfManyTokens_HoldsEverything()
    {
        await using var server = await StartAsync("<think>Hm, well.</think>Perhaps.", "", Alphabet.Tokenizer);

        var message = (await server.AskAsync(Path, $"{{{Ask}, {Schema}}}")).GetProperty("choices")[0].GetProperty("message");

        Assert.Equal("\"yes\"", message.GetProperty("content").GetString());
    }

    [Theory]
    [InlineData(Call, true)]
    [InlineData("<think>Which city?</think>" + Call, true)]
    [InlineData("\"no\"", false)]
    public async Task Schema_WithToolsThatMayBeCalled_HoldsTheAnswerOrACallStandsInItsPlace(string output, bool isCall)
    {
        await using var server = await StartAsync(output, "", MarkedTokenizer.Value);

        var choice = (await server.AskAsync(Path, $"{{{Ask}, {Schema}, {Tools}}}")).GetProperty("choices")[0];

        Assert.Equal(isCall ? "tool_calls" : "stop", choice.GetProperty("finish_reason").GetString());
        Assert.Equal(isCall ? null : "\"yes\"", choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal(isCall, choice.GetProperty("message").TryGetProperty("tool_calls", out _));
    }

    [Fact]
    public async Task ForcedCall_WithReasoning_FollowsIt()
    {
        await using var server = await StartAsync("<think>Which city?</think>Perhaps.", "", MarkedTokenizer.Value);

        var choice = (await server.AskAsync(Path, $"{{{Ask}, {Tools.Replace("{\"type\": \"object\"}", "{\"enum\": [{}]}", StringComparison.Ordinal)}, \"tool_choice\": \"required\"}}")).GetProperty("choices")[0];

        Assert.Equal("Which city?", ReasoningOf(choice.GetProperty("message")));
        Assert.Equal("weather", choice.GetProperty("message").GetProperty("tool_calls")[0].GetProperty("function").GetProperty("name").GetString());
    }

    private static string? ReasoningOf(JsonElement message) => message.TryGetProperty("reasoning_content", out var text) ? text.GetString() : null;

    /// <summary>A model that says <paramref name="output"/> after a prompt that ends with <paramref name="opening"/>, or as much of it as it may.</summary>
    private static Task<RunningServer> StartAsync(string output, string opening, Tokenizer tokenizer)
    {
        var ids = tokenizer.Encode(output);
        var start = tokenizer.Encode("<|im_start|>" + opening);
        var executor = new ScriptedExecutor(new ModelLimits(tokenizer.VocabularySize, 4096, 16, 512), history =>
        {
            var said = history.Length - history.LastIndexOf(start) - start.Length;
            return said < ids.Length ? ids[said] : Alphabet.EosTokenId;
        });
        return RunningServer.StartAsync(
            model: model => model with
            {
                Tokenizer = tokenizer,
                Traits = ChatTraits.None with { HasReasoning = true, Tools = ToolCallFormat.Named("hermes") },
                ChatTemplate = ChatTemplate.Parse("{{ messages | tojson }}<|im_start|>" + opening),
            },
            executor: executor);
    }

    private static Tokenizer LoadMarked()
    {
        var json = JsonNode.Parse(File.ReadAllText(System.IO.Path.Combine(RepositoryFiles.ZooLlama, "tokenizer.json")))!;
        var id = Alphabet.Tokenizer.VocabularySize;
        foreach (var mark in new[] { "<think>", "</think>", "<tool_call>", "</tool_call>" })
        {
            json["added_tokens"]!.AsArray().Add(new JsonObject
            {
                ["id"] = id++, ["content"] = mark, ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = false,
            });
        }

        var path = System.IO.Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, json.ToJsonString());
            return Tokenizer.Load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
