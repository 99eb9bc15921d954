using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Tokenization;

namespace Inference.Server.Validation;

/// <summary>Prompts to token ids, without spending time on text that cannot fit.</summary>
/// <param name="tokenizer">The model's.</param>
/// <param name="maxLength">The most tokens that it takes.</param>
/// <param name="vocabularySize">Its ids are below this.</param>
/// <param name="infill">How to ask for text between two others; null when the model cannot be asked.</param>
internal sealed class PromptEncoder(Tokenizer tokenizer, int maxLength, int vocabularySize, FillInMiddle? infill = null)
{
    // No vocabulary in use has tokens anywhere near this long: a text with more characters per token of the limit cannot fit.
    private const int MaxCharactersPerToken = 512;

    /// <summary>The ids of a prompt in any form. Special tokens go before its beginning, if that is text.</summary>
    /// <exception cref="ApiException">400: the text is far too long, or an id is outside the vocabulary.</exception>
    public ReadOnlyMemory<int> Encode(PromptItem prompt, string param, bool addSpecialTokens)
    {
        if (prompt.Parts is [var only])
        {
            return Encode(only, param, addSpecialTokens);
        }

        var ids = new List<int>();
        foreach (var part in prompt.Parts)
        {
            ids.AddRange(Encode(part, param, addSpecialTokens && ids.Count == 0).Span);
        }

        return ids.ToArray();
    }

    /// <summary>The ids of a text.</summary>
    /// <exception cref="ApiException">400: the text is far too long.</exception>
    public ReadOnlyMemory<int> Encode(string text, string param, bool addSpecialTokens)
    {
        if (text.Length > (long)maxLength * MaxCharactersPerToken)
        {
            throw ApiErrors.ContextLengthExceeded(
                param, $"This model's maximum context length is {maxLength} tokens; {text.Length} characters of text cannot fit. Shorten it.", null, maxLength);
        }

        return tokenizer.Encode(text, addSpecialTokens);
    }

    /// <summary>The ids of a beginning and an end, laid out so that the model fills in the middle.</summary>
    /// <exception cref="ApiException">400: the model was not made for that, the prompt is no text, or it is far too long.</exception>
    public ReadOnlyMemory<int> EncodeInfill(PromptItem prompt, string suffix)
    {
        if (infill is not { } layout)
        {
            throw ApiErrors.Invalid("suffix", "'suffix' is not supported by this model: it has no tokens for filling in the middle.", "unsupported_parameter");
        }

        return prompt.Parts is [{ Text: { } text }]
            ? layout.Around(Encode(text, "prompt", addSpecialTokens: false).Span, Encode(suffix, "suffix", addSpecialTokens: false).Span)
            : throw ApiErrors.Invalid("suffix", "'suffix' is only allowed with a prompt that is text.");
    }

    private ReadOnlyMemory<int> Encode(PromptPart part, string param, bool addSpecialTokens) =>
        part.TokenIds is { } ids ? Checked(ids, param) : Encode(part.Text!, param, addSpecialTokens);

    /// <summary>The same ids.</summary>
    /// <exception cref="ApiException">400: one is outside the vocabulary.</exception>
    public ReadOnlyMemory<int> Checked(int[] ids, string param)
    {
        foreach (var id in ids)
        {
            if ((uint)id >= (uint)vocabularySize)
            {
                throw ApiErrors.Invalid(param, $"'{param}' has the token id {id}, which is outside the vocabulary (0 to {vocabularySize - 1}).");
            }
        }

        return ids;
    }
}
