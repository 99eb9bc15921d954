namespace Inference.Execution.Cpu;

/// <summary>
/// How a step's attention is cut into independent pieces of work: per sequence, per key and value head, per tile of consecutive tokens.
/// The query heads of a
/// tile's tokens are the rows that share each loaded block of keys and values.
/// </summary>
internal unsafe readonly struct AttentionTiles
{
    // Enough rows to use a loaded block well, few enough for their state to stay in the first-level cache.
    private const int TargetRows = 16;

    private readonly int* _firstTiles;
    private readonly int _sequences;
    private readonly int _kvHeads;

    /// <summary>Cuts a step into tiles.</summary>
    /// <param name="sequences">The step.</param>
    /// <param name="kvHeads">Key and value heads.</param>
    /// <param name="groupSize">Query heads that share one of them.</param>
    /// <param name="firstTiles">Room for [sequences + 1]; must outlive the tiles.</param>
    public AttentionTiles(in PagedSequences sequences, int kvHeads, int groupSize, int* firstTiles)
    {
        _firstTiles = firstTiles;
        _sequences = sequences.Count;
        _kvHeads = kvHeads;
        TokensPerTile = Math.Max(1, TargetRows / groupSize);
        var tiles = 0;
        for (var sequence = 0; sequence < _sequences; sequence++)
        {
            firstTiles[sequence] = tiles;
            tiles += (sequences.TokensOf(sequence) + TokensPerTile - 1) / TokensPerTile;
        }

        firstTiles[_sequences] = tiles;
    }

    /// <summary>Tokens in a full tile.</summary>
    public int TokensPerTile { get; }

    /// <summary>Pieces of work.</summary>
    public int Count => _firstTiles[_sequences] * _kvHeads;

    /// <summary>Which sequence, which tile of it and which key and value head a piece of work is.</summary>
    public (int Sequence, int Tile, int KvHead) this[int index]
    {
        get
        {
            var tile = index / _kvHeads;
            var sequence = new ReadOnlySpan<int>(_firstTiles, _sequences + 1).BinarySearch(tile);
            if (sequence < 0)
            {
                sequence = ~sequence - 1;
            }

            // Sequences without tokens share their first tile with the next one.
            while (_firstTiles[sequence + 1] == tile)
            {
                sequence++;
            }

            return (sequence, tile - _firstTiles[sequence], index % _kvHeads);
        }
    }
}
