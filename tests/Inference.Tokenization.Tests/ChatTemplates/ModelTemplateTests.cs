using System.Text.Json;
using System.Text.Json.Nodes;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Tokenization.Tests.ChatTemplates;

/// <summary>Real models' templates with the prompts that transformers makes of them.</summary>
public class ModelTemplateTests
{
    [Fact]
    public void Render_SmolLm2_AsTransformers() =>
        AssertChats(
            Config("models", "smollm2-135m-instruct", "tokenizer_config.json"),
            Data("golden", "tokenizers", "smollm2.json"),
            "chats",
            "rendered");

    [Fact]
    public void Render_Zoo_AsTransformers() =>
        AssertChats(
            Config("tests", "data", "zoo", "llama", "tokenizer_config.json"),
            Data("zoo", "tokenizer", "tokenizer_golden.json"),
            "chat",
            "text");

    [Theory]
    [InlineData("qwen3")]
    [InlineData("deepseek_v3")]
    public void Render_PublishedTemplate_AsTransformers(string name)
    {
        var config = new JsonObject { ["chat_template"] = File.ReadAllText(Data("chat-templates", $"{name}.template.jinja")) };
        AssertChats(config, Data("chat-templates", $"{name}.json"), "chats", "rendered");
    }

    private static void AssertChats(JsonObject config, string goldenPath, string list, string expected)
    {
        var template = ChatTemplate.Parse(config["chat_template"]!.GetValue<string>());
        var golden = JsonNode.Parse(File.ReadAllText(goldenPath))!.AsObject();
        var chats = golden[list]!.AsArray();
        Assert.NotEmpty(chats);
        foreach (var chat in chats)
        {
            var variables = chat!.DeepClone().AsObject();
            foreach (var (name, value) in golden["tokens"]?.AsObject() ?? config)
            {
                if (name.EndsWith("_token", StringComparison.Ordinal) && value?.GetValueKind() == JsonValueKind.String)
                {
                    variables[name] = value.DeepClone();
                }
            }

            var input = TemplateCases.Input(JsonSerializer.SerializeToElement(variables));
            Assert.Equal(chat[expected]!.GetValue<string>(), template.Render(input));
        }
    }

    private static JsonObject Config(params ReadOnlySpan<string> path) =>
        JsonNode.Parse(File.ReadAllText(RepositoryFiles.Path(path)))!.AsObject();

    private static string Data(params ReadOnlySpan<string> path) => RepositoryFiles.Path(["tests", "data", .. path]);
}
