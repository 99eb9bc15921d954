using System.ClientModel;
using System.Text.Json;
using Inference.Server.Parsing;
using Inference.Server.Serving;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;
using OpenAI.Responses;

#pragma warning disable OPENAI001 // The client of responses is marked as one that may change.

namespace Inference.FunctionalTests;

/// <summary>OpenAI's own .NET client against the server.</summary>
public sealed class OpenAiSdkTests
{
    private static readonly ChatMessage[] Messages = [new SystemChatMessage("Be brief."), new UserChatMessage("hi")];

    private static readonly BinaryData NumberSchema = BinaryData.FromString("""
        {"type": "object", "properties": {"n": {"type": "integer", "minimum": 1, "maximum": 9}}, "required": ["n"], "additionalProperties": false}
        """);

    [Fact]
    public async Task Chat_Streaming_GivesTextFinishReasonAndUsage()
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["key"] });
        var chat = Client(server).GetChatClient(RunningServer.ModelName);

        var text = "";
        ChatFinishReason? finish = null;
        ChatTokenUsage? usage = null;
        await foreach (var update in chat.CompleteChatStreamingAsync(
            Messages, new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 5 }, TestContext.Current.CancellationToken))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            finish = update.FinishReason ?? finish;
            usage = update.Usage ?? usage;
        }

        Assert.Equal(("abcde", ChatFinishReason.Length), (text, finish));
        Assert.Equal(5, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task Chat_Whole_GivesTextAndLogprobs()
    {
        await using var server = await RunningServer.StartAsync();
        var chat = Client(server).GetChatClient(RunningServer.ModelName);

        ChatCompletion completion = await chat.CompleteChatAsync(
            Messages,
            new ChatCompletionOptions { Temperature = 0, IncludeLogProbabilities = true, TopLogProbabilityCount = 2, StopSequences = { "de" } },
            TestContext.Current.CancellationToken);

        Assert.Equal("abc", completion.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, completion.FinishReason);
        Assert.Equal("a", completion.ContentTokenLogProbabilities[0].Token);
        Assert.Equal(2, completion.ContentTokenLogProbabilities[0].TopLogProbabilities.Count);
    }

    [Fact]
    public async Task Chat_Tools_AreCalledStreamedOrNot()
    {
        await using var server = await Parrot.StartAsync(
            """<tool_call>{"name": "weather", "arguments": {"city": "Graz"}}</tool_call>""", ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });
        var chat = Client(server).GetChatClient(RunningServer.ModelName);
        var options = new ChatCompletionOptions { Temperature = 0, Tools = { ChatTool.CreateFunctionTool("weather") } };

        ChatCompletion completion = await chat.CompleteChatAsync(Messages, options, TestContext.Current.CancellationToken);
        var arguments = "";
        await foreach (var update in chat.CompleteChatStreamingAsync(Messages, options, TestContext.Current.CancellationToken))
        {
            arguments += string.Concat(update.ToolCallUpdates.Select(call => call.FunctionArgumentsUpdate.ToString()));
        }

        var call = Assert.Single(completion.ToolCalls);
        Assert.Equal(ChatFinishReason.ToolCalls, completion.FinishReason);
        Assert.Equal(("weather", """{"city": "Graz"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Equal("""{"city": "Graz"}""", arguments);
    }

    [Fact]
    public async Task Chat_JsonSchema_HoldsTheAnswerToIt()
    {
        await using var server = await RunningServer.StartAsync();
        var options = new ChatCompletionOptions { Temperature = 0, ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("n", NumberSchema, jsonSchemaIsStrict: true) };

        ChatCompletion completion = await Client(server).GetChatClient(RunningServer.ModelName).CompleteChatAsync(Messages, options, TestContext.Current.CancellationToken);

        Assert.InRange(JsonElement.Parse(completion.Content[0].Text).GetProperty("n").GetInt32(), 1, 9);
    }

    [Fact]
    public async Task Error_UnknownModel_IsAClientResultException()
    {
        await using var server = await RunningServer.StartAsync();

        var exception = await Assert.ThrowsAsync<ClientResultException>(() =>
            Client(server).GetChatClient("nope").CompleteChatAsync(Messages, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal(404, exception.Status);
        Assert.Contains("model_not_found", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Models_List_HasTheModel()
    {
        await using var server = await RunningServer.StartAsync();

        OpenAIModelCollection models = await Client(server).GetOpenAIModelClient().GetModelsAsync(TestContext.Current.CancellationToken);

        Assert.Equal(RunningServer.ModelName, Assert.Single(models).Id);
    }

    [Fact]
    public async Task Responses_Streaming_GivesTextAndUsage()
    {
        await using var server = await RunningServer.StartAsync();
        var options = Options("hi");
        options.StreamingEnabled = true;
        options.MaxOutputTokenCount = 5;

        var text = "";
        ResponseResult? last = null;
        await foreach (var update in await Client(server).GetResponsesClient().CreateResponseStreamingAsync(options, TestContext.Current.CancellationToken))
        {
            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
            last = update is StreamingResponseIncompleteUpdate end ? end.Response : last;
        }

        Assert.Equal(("abcde", "abcde", ResponseStatus.Incomplete), (text, last!.GetOutputText(), last.Status!.Value));
        Assert.Equal(5, last.Usage.OutputTokenCount);
    }

    [Fact]
    public async Task Responses_Stored_CanBeGoneOnWithFetchedAndDeleted()
    {
        await using var server = await RunningServer.StartAsync();
        var client = Client(server).GetResponsesClient();

        ResponseResult first = await client.CreateResponseAsync(Options("hi"), TestContext.Current.CancellationToken);
        var options = Options("more");
        options.PreviousResponseId = first.Id;
        ResponseResult second = await client.CreateResponseAsync(options, TestContext.Current.CancellationToken);
        ResponseResult fetched = await client.GetResponseAsync(second.Id, TestContext.Current.CancellationToken);
        ResponseDeletionResult deleted = await client.DeleteResponseAsync(second.Id, TestContext.Current.CancellationToken);

        Assert.Equal("abcdefghijklmnopqrstuvwxyz", first.GetOutputText());
        Assert.Equal((second.Id, first.Id, second.GetOutputText()), (fetched.Id, fetched.PreviousResponseId, fetched.GetOutputText()));
        Assert.True(deleted.Deleted);
    }

    [Fact]
    public async Task Responses_Function_IsCalledStreamedOrNot()
    {
        await using var server = await Parrot.StartAsync(
            """<tool_call>{"name": "weather", "arguments": {"city": "Graz"}}</tool_call>""", ChatTraits.None with { Tools = ToolCallFormat.Named("hermes") });
        var client = Client(server).GetResponsesClient();
        var options = Options("hi");
        options.Tools.Add(ResponseTool.CreateFunctionTool("weather", BinaryData.FromString("""{"type": "object"}"""), strictModeEnabled: false));

        ResponseResult whole = await client.CreateResponseAsync(options, TestContext.Current.CancellationToken);
        options.StreamingEnabled = true;
        var arguments = "";
        ResponseResult? last = null;
        await foreach (var update in await client.CreateResponseStreamingAsync(options, TestContext.Current.CancellationToken))
        {
            arguments += update is StreamingResponseFunctionCallArgumentsDeltaUpdate delta ? delta.Delta.ToString() : "";
            last = update is StreamingResponseCompletedUpdate end ? end.Response : last;
        }

        var calls = new[] { whole, last! }.Select(response => Assert.IsType<FunctionCallResponseItem>(Assert.Single(response.OutputItems)));
        Assert.All(calls, call => Assert.Equal(("weather", """{"city": "Graz"}"""), (call.FunctionName, call.FunctionArguments.ToString())));
        Assert.Equal("""{"city": "Graz"}""", arguments);
    }

    [Fact]
    public async Task Responses_JsonSchema_HoldsTheAnswerToIt()
    {
        await using var server = await RunningServer.StartAsync();
        var options = Options("hi");
        options.TextOptions = new ResponseTextOptions { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("n", NumberSchema, jsonSchemaIsStrict: true) };

        ResponseResult response = await Client(server).GetResponsesClient().CreateResponseAsync(options, TestContext.Current.CancellationToken);

        Assert.InRange(JsonElement.Parse(response.GetOutputText()).GetProperty("n").GetInt32(), 1, 9);
    }

    private static CreateResponseOptions Options(string input) =>
        new(RunningServer.ModelName, [ResponseItem.CreateUserMessageItem(input)]) { Temperature = 0 };

    private static OpenAIClient Client(RunningServer server) =>
        new(new ApiKeyCredential("key"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "v1") });
}
