using System.Text.Json;
using Inference.LoadTest.Data;

namespace Inference.LoadTest.Apis;

/// <summary>OpenAI's completions: prompts of text or token ids.</summary>
internal sealed class CompletionsFormat : ApiFormat
{
    public override bool TakesTokenIds => true;

    public override string DefaultPath(bool stream) => "/v1/completions";

    public override void Write(Utf8JsonWriter body, RequestSpec request, GenerationOptions options)
    {
        if (request.TokenIds is { } ids)
        {
            body.WriteStartArray("prompt"u8);
            foreach (var id in ids)
                body.WriteNumberValue(id);
            body.WriteEndArray();
        }
        else
        {
            body.WriteString("prompt"u8, request.JoinedText);
        }

        OpenAiFields.Write(body, request, options);
    }

    public override bool Read(JsonElement root, Answer answer)
    {
        if (!OpenAiFields.TryReadChoice(root, answer, out var choice, out var ends))
            return false;

        if (answer.KeepsText && choice.TryGet("text"u8, out var text))
            answer.Append(text.GetString());
        // A token may have no text of its own (half a character, a special token): it is one all the same.
        return !ends || choice.HasText("text"u8);
    }
}
