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

        if (request.OutputTokens > 0)
            body.WriteNumber("max_tokens"u8, request.OutputTokens);
        OpenAiUsage.WriteCommon(body, options);
    }

    public override bool Read(JsonElement root, Answer answer)
    {
        OpenAiUsage.Read(root, answer);
        if (!root.TryFirst("choices"u8, out var choice))
            return false;

        var ends = choice.TryGet("finish_reason"u8, out _);
        answer.IsFinished |= ends;
        if (answer.KeepsText && choice.TryGet("text"u8, out var text))
            answer.Append(text.GetString());
        // A token may have no text of its own (half a character, a special token): it is one all the same.
        return !ends || choice.HasText("text"u8);
    }
}
