using System.Text.Json;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Tokenization.Tests.ChatTemplates;

public class ChatTemplateTests
{
    [Fact]
    public void Render_RaiseException_GivesTheAuthorsMessageAlone()
    {
        var error = Assert.Throws<ChatTemplateException>(() => TemplateCases.Render("a\n{{ raise_exception('Roles must alternate') }}"));

        Assert.Equal(ChatTemplateErrorKind.Raised, error.Kind);
        Assert.Equal("Roles must alternate", error.Message);
        Assert.Equal(2, error.Line);
    }

    [Theory]
    [InlineData("a\n\n{{ 1 + }}", ChatTemplateErrorKind.Syntax, 3)]
    [InlineData("{% if x %}\n\n", ChatTemplateErrorKind.Syntax, 2)]
    [InlineData("{% if x %}\n{% nosuch %}{% endif %}", ChatTemplateErrorKind.Syntax, 2)]
    [InlineData("\n{{ 'abc }}", ChatTemplateErrorKind.Syntax, 2)]
    [InlineData("\n\n{{ 1 | nosuch }}", ChatTemplateErrorKind.Syntax, 3)]
    [InlineData("\n{{ none + 'a' }}", ChatTemplateErrorKind.Runtime, 2)]
    [InlineData("{% macro m() %}\n{{ 1 }}\n{{ 1 / 0 }}{% endmacro %}\n\n{{ m() }}", ChatTemplateErrorKind.Runtime, 3)]
    [InlineData("{% macro m() %}\n{{ 1 }}\n{% endmacro %}\n{{ m() + 1 }}", ChatTemplateErrorKind.Runtime, 4)]
    [InlineData("\n{% if 1 %}{% elif 2 %}{% endif %}\n{% if 0 %}\n{% elif 1 / 0 %}{% endif %}", ChatTemplateErrorKind.Runtime, 4)]
    [InlineData("\n{% for i in range(1000000) %}{% endfor %}", ChatTemplateErrorKind.Limit, 2)]
    public void Failure_NamesKindAndLineInOneLine(string template, ChatTemplateErrorKind kind, int line)
    {
        var error = Assert.Throws<ChatTemplateException>(() => TemplateCases.Render(template));

        Assert.Equal(kind, error.Kind);
        Assert.Equal(line, error.Line);
        Assert.StartsWith($"chat template, line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("""{"messages": {}}""", "messages must be an array")]
    [InlineData("""{"messages": "hi"}""", "messages must be an array")]
    [InlineData("""{"messages": null}""", "messages must be an array")]
    [InlineData("""{"tools": {}}""", "tools must be an array")]
    [InlineData("""{"documents": 1}""", "documents must be an array")]
    [InlineData("""{"messages": ["\ud800"]}""", "messages contains a string with an unpaired surrogate")]
    [InlineData("""{"messages": [{"\udc00": 1}]}""", "messages contains a string with an unpaired surrogate")]
    [InlineData("""{"extra": "\ud800"}""", "extra contains a string with an unpaired surrogate")]
    public void Render_WrongInput_NamesIt(string variables, string message)
    {
        var error = Assert.Throws<ChatTemplateException>(() => TemplateCases.Render("x", variables));

        Assert.Equal(ChatTemplateErrorKind.Input, error.Kind);
        Assert.Equal(message, error.Message);
    }

    [Fact]
    public void Render_DeepInput_IsRefused()
    {
        const int Depth = 5000;
        var json = new string('[', Depth) + new string(']', Depth);
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = Depth + 1 });
        var messages = document.RootElement;

        var error = Assert.Throws<ChatTemplateException>(
            () => ChatTemplate.Parse("x").Render(new ChatTemplateInput { Messages = messages }));

        Assert.Equal(ChatTemplateErrorKind.Input, error.Kind);
    }

    [Fact]
    public void Render_MissingMessages_IsRefused() =>
        Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("x").Render(new ChatTemplateInput { Messages = default }));

    [Theory]
    [InlineData("{{ tools is none }}{{ documents is none }}{{ bos_token is defined }}", "TrueTrueFalse")]
    [InlineData("{{ add_generation_prompt }}", "False")]
    [InlineData("{{ messages }}", "[]")]
    public void Render_NothingGiven_LeavesNoneOrUndefined(string template, string expected) =>
        Assert.Equal(expected, TemplateCases.Render(template));

    [Fact]
    public void Render_VariablesNamedLikeInputs_AreIgnored()
    {
        var input = new ChatTemplateInput
        {
            Messages = JsonElement.Parse("""["real"]"""),
            BosToken = "<s>",
            Variables = new Dictionary<string, JsonElement>
            {
                ["messages"] = JsonElement.Parse("\"fake\""),
                ["bos_token"] = JsonElement.Parse("\"fake\""),
                ["add_generation_prompt"] = JsonElement.Parse("true"),
                ["enable_thinking"] = JsonElement.Parse("false"),
            },
        };

        var text = ChatTemplate.Parse("{{ messages[0] }} {{ bos_token }} {{ add_generation_prompt }} {{ enable_thinking }}").Render(input);

        Assert.Equal("real <s> False False", text);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("-0", "0")]
    [InlineData("1.0", "1.0")]
    [InlineData("1e2", "100.0")]
    [InlineData("12345678901234567890123", "12345678901234567890123")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("1e400", "inf")]
    [InlineData("0.1", "0.1")]
    [InlineData("true", "True")]
    [InlineData("null", "None")]
    [InlineData("{\"b\": 1, \"a\": 2, \"b\": 3}", "{'b': 3, 'a': 2}")]
    public void Render_JsonValue_AsPythonReadsIt(string json, string expected) =>
        Assert.Equal(expected, TemplateCases.Render("{{ x }}", $$"""{"x": {{json}}}"""));

    [Fact]
    public void Render_StrftimeWithoutTime_Fails()
    {
        var input = new ChatTemplateInput { Messages = JsonElement.Parse("[]") };

        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplate.Parse("{{ strftime_now('%Y') }}").Render(input));

        Assert.Equal(ChatTemplateErrorKind.Runtime, error.Kind);
    }

    [Fact]
    public void Render_ManyThreads_EachGetsItsOwnText()
    {
        var template = ChatTemplate.Parse(
            "{% macro m(x) %}{{ x }}{% endmacro %}{% set ns = namespace(n=0) %}"
            + "{% for i in range(50) %}{% set ns.n = ns.n + id %}{{ m(id) }}{% endfor %}={{ ns.n }}");

        Parallel.For(0, 64, id =>
        {
            var expected = string.Concat(Enumerable.Repeat(id, 50)) + "=" + (id * 50);
            Assert.Equal(expected, template.Render(TemplateCases.Input(JsonElement.Parse($$"""{"id": {{id}}}"""))));
        });
    }
}
