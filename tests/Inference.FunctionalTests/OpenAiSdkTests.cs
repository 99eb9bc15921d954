using System.ClientModel;
using Inference.Server.Parsing;
using Inference.Server.Serving;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace Inference.FunctionalTests;

/// <summary>OpenAI's own .NET client against the server.</summary>
public sealed class OpenAiSdkTests
{
    private static readonly ChatMessage[] Messages = [new SystemChatMessage("Be brief."), new UserChatMessage("hi")];

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

    private static OpenAIClient Client(RunningServer server) =>
        new(new ApiKeyCredential("key"), new OpenAIClientOptions { Endpoint = new Uri(server.Address, "v1") });
}
