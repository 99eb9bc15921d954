using System.Collections.Immutable;
using Inference.Execution.Embeddings;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Server.Validation;

namespace Inference.Server.Embeddings;

/// <summary>From the texts of a request to what the engine runs. Special tokens go around texts; token ids are taken as they are.</summary>
internal sealed class EmbeddingEncoder(EmbedderModel model, PromptEncoder encoder)
{
    /// <summary>The most texts of one request.</summary>
    public const int MaxTexts = 2048;

    private const double MaxDeadline = 86_400;

    private readonly int _specialTokens = model.Tokenizer.SpecialTokensBefore.Count + model.Tokenizer.SpecialTokensAfter.Count;

    /// <summary>Checks and tokenises texts.</summary>
    /// <param name="body">With the fields that concern all texts.</param>
    /// <param name="texts">Each under the name of the field that it was sent in.</param>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public EmbeddingTexts Encode(PoolingRequestBody body, IReadOnlyCollection<(string Param, PromptItem Text)> texts)
    {
        if (texts.Count > MaxTexts)
        {
            throw ApiErrors.Invalid(texts.First().Param.Split('[')[0], $"A request may have at most {MaxTexts} texts, not {texts.Count}.");
        }

        TimeSpan? deadline = body.Deadline is null ? null : TimeSpan.FromSeconds(Check.Positive("deadline", body.Deadline, 0, MaxDeadline));
        var truncation = TextTruncation.Of(body, _specialTokens, model.MaxLength);
        var hasSpecialTokens = body.AddSpecialTokens ?? true;
        return new EmbeddingTexts([.. texts.Select(text => Encode(text.Text, text.Param, hasSpecialTokens, truncation))], deadline);
    }

    /// <summary>The texts of a field with their names: "input" alone, "input[3]" among several.</summary>
    public static ImmutableArray<(string Param, PromptItem Text)> Named(string param, ImmutableArray<PromptItem> items) => items.Length == 1
        ? [(param, items[0])]
        : [.. items.Select((item, index) => ($"{param}[{index}]", item))];

    private ReadOnlyMemory<int> Encode(PromptItem item, string param, bool hasSpecialTokens, TextTruncation truncation)
    {
        hasSpecialTokens &= item.Parts.Any(part => part.Text is not null);
        var ids = new List<int>();
        foreach (var part in item.Parts)
        {
            ids.AddRange(Encode(part, param, truncation).Span);
        }

        var room = truncation.MaxTokens - (hasSpecialTokens ? _specialTokens : 0);
        if (ids.Count > room)
        {
            if (!truncation.IsCut)
            {
                throw TooLong(param, ids.Count + truncation.MaxTokens - room);
            }

            ids.RemoveRange(truncation.KeepsEnd ? 0 : room, ids.Count - room);
        }

        int[] whole = hasSpecialTokens ? [.. model.Tokenizer.SpecialTokensBefore, .. ids, .. model.Tokenizer.SpecialTokensAfter] : [.. ids];
        return whole.Length > 0 ? whole : throw ApiErrors.Invalid(param, $"'{param}' must have at least one token.");
    }

    // What is cut may be as long as a body.
    private ReadOnlyMemory<int> Encode(PromptPart part, string param, TextTruncation truncation) =>
        part.TokenIds is { } given ? encoder.Checked(given, param)
        : truncation.IsCut ? model.Tokenizer.Encode(part.Text!)
        : encoder.Encode(part.Text!, param, addSpecialTokens: false);

    private ApiException TooLong(string param, int tokens) => ApiErrors.ContextLengthExceeded(
        param,
        $"'{param}' is too large: this model takes texts of {model.MaxLength} tokens at most, and it has {tokens}. Shorten it, or have it cut with 'truncate_prompt_tokens'.",
        tokens,
        model.MaxLength);
}
