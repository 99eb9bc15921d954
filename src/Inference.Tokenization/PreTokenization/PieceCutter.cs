namespace Inference.Tokenization.PreTokenization;

/// <summary>
/// Cuts one piece as its delimiters are found: feed it the spans from left to right, delimiters and what lies between them, then call
/// <see cref="Finish"/>. Each span is joined with the open part or begins a new one, as the behavior has it.
/// </summary>
internal ref struct PieceCutter(Piece piece, SplitBehavior behavior, List<Piece> parts)
{
    private int _openStart;
    private int _openEnd;
    private bool _hasOpen;
    private bool _previousWasDelimiter;

    public void Add(int start, int end, bool delimiter)
    {
        bool joins = _hasOpen && behavior switch
        {
            SplitBehavior.Contiguous => delimiter == _previousWasDelimiter,
            SplitBehavior.MergedWithPrevious => delimiter && !_previousWasDelimiter,
            SplitBehavior.MergedWithNext => !delimiter && _previousWasDelimiter,
            _ => false,
        };
        _previousWasDelimiter = delimiter;
        if (joins)
        {
            _openEnd = end;
            return;
        }
        Finish();
        _hasOpen = !(delimiter && behavior == SplitBehavior.Removed);
        (_openStart, _openEnd) = (start, end);
    }

    /// <summary>Appends the part that is still open.</summary>
    public void Finish()
    {
        if (_hasOpen && _openEnd > _openStart)
            parts.Add(piece.Slice(_openStart, _openEnd));
        _hasOpen = false;
    }
}
