using System.Collections.Immutable;
using Inference.Execution.Embeddings;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Embeddings;

/// <summary>From the texts of a request to what the engine runs. Special tokens go around texts; token ids are taken as they are.</summary>
internal sealed class EmbeddingEncoder(EmbedderModel model)
{
    /// <summary>The most texts of one request.</summary>
    public const int MaxTexts = 2048;

    private const double MaxDeadline = 86_400;

    // No vocabulary in use has tokens anywhere near this long: a text with more characters per token of the limit cannot fit.
    private const int MaxCharactersPerToken = 512;

    private readonly Tokenizer _tokenizer = model.Tokenizer;
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
            ids.AddRange(part.TokenIds is { } given ? Checked(given, param) : Tokenized(part.Text!, param, truncation));
        }

        var room = truncation.MaxTokens - (hasSpecialTokens ? _specialTokens : 0);
        if (ids.Count > room)
        {
            if (!truncation.IsCut)
            {
                throw TooLong(param, $"it has {ids.Count + truncation.MaxTokens - room}", ids.Count + truncation.MaxTokens - room);
            }

            ids.RemoveRange(truncation.KeepsEnd ? 0 : room, ids.Count - room);
        }

        int[] whole = hasSpecialTokens ? [.. _tokenizer.SpecialTokensBefore, .. ids, .. _tokenizer.SpecialTokensAfter] : [.. ids];
        return whole.Length > 0 ? whole : throw ApiErrors.Invalid(param, $"'{param}' must have at least one token.");
    }

    private int[] Tokenized(string text, string param, TextTruncation truncation) =>
        !truncation.IsCut && text.Length > (long)model.MaxLength * MaxCharactersPerToken
            ? throw TooLong(param, $"{text.Length} characters cannot fit", null)
            : _tokenizer.Encode(text);

    private int[] Checked(int[] ids, string param)
    {
        var limit = _tokenizer.VocabularySize;
        return ids.FirstOrDefault(id => (uint)id >= (uint)limit, -1) is var wrong && Array.Exists(ids, id => (uint)id >= (uint)limit)
            ? throw ApiErrors.Invalid(param, $"'{param}' has the token id {wrong}, which is outside the vocabulary (0 to {limit - 1}).")
            : ids;
    }

    private ApiException TooLong(string param, string what, int? tokens) => ApiErrors.ContextLengthExceeded(
        param,
        $"'{param}' is too large: this model takes texts of {model.MaxLength} tokens at most, and {what}. Shorten it, or have it cut with 'truncate_prompt_tokens'.",
        tokens,
        model.MaxLength);
}
