using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Serving;

namespace Inference.Server.Validation;

/// <summary>Prompts to token ids, without spending time on text that cannot fit.</summary>
internal sealed class PromptEncoder(ServedModel model)
{
    // No vocabulary in use has tokens anywhere near this long: a text with more characters per token of the limit cannot fit.
    private const int MaxCharactersPerToken = 512;

    /// <summary>The ids of a prompt in either form.</summary>
    /// <exception cref="ApiException">400: the text is far too long, or an id is outside the vocabulary.</exception>
    public ReadOnlyMemory<int> Encode(PromptItem prompt, string param, bool addSpecialTokens) =>
        prompt.TokenIds is { } ids ? Checked(ids, param) : Encode(prompt.Text!, param, addSpecialTokens);

    /// <summary>The ids of a text.</summary>
    /// <exception cref="ApiException">400: the text is far too long.</exception>
    public ReadOnlyMemory<int> Encode(string text, string param, bool addSpecialTokens)
    {
        var limit = model.Limits.MaxModelLength;
        if (text.Length > (long)limit * MaxCharactersPerToken)
        {
            throw ApiErrors.ContextLengthExceeded(
                param, $"This model's maximum context length is {limit} tokens; {text.Length} characters of text cannot fit. Shorten the prompt.");
        }

        return model.Tokenizer.Encode(text, addSpecialTokens);
    }

    private ReadOnlyMemory<int> Checked(int[] ids, string param)
    {
        var vocabularySize = model.Limits.VocabularySize;
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
