using System.Text.Json;
using Inference.Tokenization.ChatTemplates.Library;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Puts an input's parts where the template finds them.</summary>
internal static class TemplateVariables
{
    private static readonly string[] Reserved =
        ["messages", "tools", "documents", "add_generation_prompt", "bos_token", "eos_token", "pad_token", "unk_token"];

    public static Scope Bind(ChatTemplateInput input)
    {
        var scope = new Scope(Globals.Scope);
        foreach (var (name, value) in input.Variables ?? new Dictionary<string, JsonElement>())
        {
            if (!Reserved.Contains(name))
            {
                scope.Set(name, JsonReader.Read(value, name));
            }
        }

        scope.Set("messages", ReadArray(input.Messages, "messages"));
        scope.Set("tools", input.Tools is { } tools ? ReadArray(tools, "tools", orNull: true) : null);
        scope.Set("documents", input.Documents is { } documents ? ReadArray(documents, "documents", orNull: true) : null);
        scope.Set("add_generation_prompt", input.AddGenerationPrompt);
        SetToken(scope, "bos_token", input.BosToken);
        SetToken(scope, "eos_token", input.EosToken);
        SetToken(scope, "pad_token", input.PadToken);
        SetToken(scope, "unk_token", input.UnkToken);
        return new Scope(scope);
    }

    private static object? ReadArray(JsonElement element, string name, bool orNull = false) => element.ValueKind switch
    {
        JsonValueKind.Array => JsonReader.Read(element, name),
        JsonValueKind.Null or JsonValueKind.Undefined when orNull => null,
        _ => throw TemplateFault.Input($"{name} must be an array"),
    };

    private static void SetToken(Scope scope, string name, string? token)
    {
        if (token is not null)
        {
            scope.Set(name, token);
        }
    }
}
