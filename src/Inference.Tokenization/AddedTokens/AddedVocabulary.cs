using Inference.Tokenization.Normalization;

namespace Inference.Tokenization.AddedTokens;

/// <summary>The tokens that stand beside a model's vocabulary. Immutable once built, and thread-safe.</summary>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<string, int> _ids = [];
    private readonly Dictionary<int, AddedToken> _tokens = [];
    private readonly Dictionary<int, string> _normalized = [];
    private readonly HashSet<string> _special = [];

    /// <summary>Takes the tokens in order; one that the model lacks gets the next id after the model's and the earlier tokens'.</summary>
    public AddedVocabulary(IEnumerable<AddedToken> tokens, Vocabulary vocabulary, Normalizer? normalizer)
    {
        int next = vocabulary.Count;
        foreach (AddedToken token in tokens)
        {
            if (token.Content.Length == 0)
                continue;
            if (!_ids.TryGetValue(token.Content, out int id))
            {
                id = vocabulary.Find(token.Content);
                if (id < 0)
                    id = next++;
            }
            _ids[token.Content] = id;
            _tokens[id] = token;
            if (token.Normalized && normalizer?.Normalize(token.Content) is { } text && text != token.Content)
                _normalized[id] = text;
            if (token.Special)
                _special.Add(token.Content);
        }
        InText = Matcher(token => !token.Normalized);
        InNormalizedText = Matcher(token => token.Normalized);
        IdLimit = _tokens.Count == 0 ? 0 : _tokens.Keys.Max() + 1;
    }

    /// <summary>Finds the tokens that are looked for in the text as it comes; null when there are none.</summary>
    public AddedTokenMatcher? InText { get; }

    /// <summary>Finds the tokens that are looked for in the normalized text; null when there are none.</summary>
    public AddedTokenMatcher? InNormalizedText { get; }

    /// <summary>The highest id and one.</summary>
    public int IdLimit { get; }

    public int? Find(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>The token's content, or null.</summary>
    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id)?.Content;

    /// <summary>
    /// What decoding shows for the token: its normalized form where normalizing changes it; null for an id that is not one of these.
    /// </summary>
    public string? DecodedTextOf(int id) => _normalized.GetValueOrDefault(id) ?? TokenOf(id);

    /// <summary>Whether a token of this text is special.</summary>
    public bool IsSpecial(string token) => _special.Contains(token);

    private AddedTokenMatcher? Matcher(Func<AddedToken, bool> chosen)
    {
        Dictionary<string, (int, AddedToken)> texts = [];
        foreach ((int id, AddedToken token) in _tokens)
        {
            if (chosen(token) && DecodedTextOf(id) is { Length: > 0 } text)
                texts[text] = (id, token);
        }
        return texts.Count == 0 ? null : new AddedTokenMatcher(texts);
    }
}
