namespace Inference.Tokenization.Tests.ChatTemplates;

/// <summary>Small templates with what Jinja2 3.1 (set up as transformers does) made of them, or that it failed.</summary>
public class Jinja2CasesTests
{
    [Theory]
    [InlineData("expressions")]
    [InlineData("filters")]
    [InlineData("methods")]
    [InlineData("statements")]
    [InlineData("whitespace")]
    [InlineData("chats")]
    public void Render_EveryCase_AsJinja2(string group) =>
        Assert.Empty(TemplateCases.Differences(RepositoryFiles.Path("tests", "data", "chat-templates", $"jinja2-{group}.json")));
}
