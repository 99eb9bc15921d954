namespace Inference.Tokenization.Patterns;

/// <summary>
/// All matches of a pattern in a text, left to right and without overlap. As with Oniguruma's iteration, a match that is empty does not
/// stand right where the match before it ended.
/// </summary>
internal ref struct MatchEnumerator(Pattern pattern, ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> _text = text;
    private PatternMatcher _matcher = new(pattern, text);
    private int _from;
    private int _lastEnd = -1;

    public bool TryNext(out int start, out int end)
    {
        while (_from <= _text.Length && _matcher.TryFind(_from, out start, out end))
        {
            _from = end;
            if (start != end || end != _lastEnd)
            {
                _lastEnd = end;
                return true;
            }
            _from += _from < _text.Length && char.IsHighSurrogate(_text[_from]) ? 2 : 1;
        }
        (start, end) = (-1, -1);
        return false;
    }

    public readonly void Dispose() => _matcher.Dispose();
}
