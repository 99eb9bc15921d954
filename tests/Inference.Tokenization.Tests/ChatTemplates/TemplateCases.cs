using System.Text.Json;
using Inference.Tokenization.ChatTemplates;

namespace Inference.Tokenization.Tests.ChatTemplates;

/// <summary>Renders templates with plain JSON as their variables.</summary>
internal static class TemplateCases
{
    /// <summary>The time that the committed expectations were made at.</summary>
    public static readonly DateTimeOffset Now = new DateTimeOffset(2026, 3, 7, 14, 5, 9, TimeSpan.Zero).AddMicroseconds(123456);

    private static readonly JsonElement NoMessages = JsonElement.Parse("[]");

    public static string Render(string template, string variables = "{}") => Render(template, JsonElement.Parse(variables));

    /// <summary>Renders with the members of an object: those that the input has a place for, and the others as variables.</summary>
    public static string Render(string template, JsonElement variables) => ChatTemplate.Parse(template).Render(Input(variables));

    public static ChatTemplateInput Input(JsonElement variables) => new()
    {
        Messages = variables.TryGetProperty("messages", out var messages) ? messages : NoMessages,
        Tools = variables.TryGetProperty("tools", out var tools) ? tools : null,
        Documents = variables.TryGetProperty("documents", out var documents) ? documents : null,
        AddGenerationPrompt = variables.TryGetProperty("add_generation_prompt", out var add) && add.GetBoolean(),
        BosToken = OptionalString(variables, "bos_token"),
        EosToken = OptionalString(variables, "eos_token"),
        PadToken = OptionalString(variables, "pad_token"),
        UnkToken = OptionalString(variables, "unk_token"),
        Variables = variables.EnumerateObject().ToDictionary(property => property.Name, property => property.Value),
        Now = Now,
    };

    /// <summary>What the template does differently from a file's expectations, one line per difference.</summary>
    public static List<string> Differences(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        var shared = document.RootElement.GetProperty("context");
        List<string> differences = [];
        foreach (var item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            var template = item.GetProperty("template").GetString()!;
            var wanted = item.TryGetProperty("expected", out var expected) ? $"renders {expected}" : "fails";
            var actual = Outcome(template, item.TryGetProperty("context", out var own) ? own : shared);
            if (wanted == "fails" ? !actual.StartsWith("fails", StringComparison.Ordinal) : wanted != actual)
            {
                differences.Add($"{template}: {wanted}, but {actual}");
            }
        }

        return differences;
    }

    private static string Outcome(string template, JsonElement variables)
    {
        try
        {
            return $"renders {Render(template, variables)}";
        }
        catch (ChatTemplateException e)
        {
            return $"fails: {e.Message}";
        }
    }

    private static string? OptionalString(JsonElement variables, string name) =>
        variables.TryGetProperty(name, out var value) ? value.GetString() : null;
}
