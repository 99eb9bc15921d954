using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Inference.Engine.Caching;

/// <summary>
/// Finds the beginnings of sequences that are in the KV cache already, and remembers what sequences compute. A block is shared only when
/// it is full, and is never written again while it is known. Blocks without a table keep their contents in the pool's order: the longest
/// unused first, and of a chain its end first. Owned by the engine loop.
/// </summary>
/// <param name="pool">The cache's blocks.</param>
/// <param name="contents">What they hold.</param>
/// <param name="identity">Whose keys and values they are: the model, and what it is combined with.</param>
internal sealed class PrefixCache(BlockPool pool, BlockContents contents, string identity = "")
{
    private readonly ulong _root = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(identity.AsSpan()));
    private readonly List<int> _matched = [];

    /// <summary>The longest beginning of a sequence that is cached, in whole blocks. Valid until the next call.</summary>
    /// <param name="chain">The sequence's.</param>
    /// <param name="tokens">All that the sequence has. Its last one is never matched: it must be computed to give logits.</param>
    public PrefixMatch Match(PrefixChain chain, ReadOnlySpan<int> tokens)
    {
        _matched.Clear();
        var (previous, free) = (BlockContents.None, 0);
        for (var i = 0; i < (tokens.Length - 1) / pool.BlockSize; i++)
        {
            var block = contents.Find(chain.HashAt(i, tokens, pool.BlockSize, _root), previous, TokensOf(i, tokens), chain.Scope);
            if (block == BlockContents.None)
                break;

            _matched.Add(block);
            free += pool.ReferencesTo(block) == 0 ? 1 : 0;
            previous = block;
        }

        return new PrefixMatch(_matched.Count, free, _matched.Count * pool.BlockSize);
    }

    /// <summary>Lets an empty table begin with the blocks of the latest match: they count as committed.</summary>
    public void Take(BlockTable table)
    {
        foreach (var block in CollectionsMarshal.AsSpan(_matched))
            pool.Share(table, block);
        table.Commit();
    }

    /// <summary>
    /// Remembers the blocks of a table that have become full. Where the same is known already the table takes the known block and gives
    /// its own back: so every holder of a known block holds all those that it builds on, too.
    /// </summary>
    /// <param name="table">With committed blocks.</param>
    /// <param name="chain">The sequence's.</param>
    /// <param name="tokens">Those whose keys and values are in the table's blocks.</param>
    /// <param name="known">How many of the table's blocks are known.</param>
    /// <returns>How many are known now.</returns>
    public int Keep(BlockTable table, PrefixChain chain, ReadOnlySpan<int> tokens, int known)
    {
        for (; known < tokens.Length / pool.BlockSize; known++)
        {
            var blocks = table.Blocks.Span;
            var previous = known == 0 ? BlockContents.None : blocks[known - 1];
            var hash = chain.HashAt(known, tokens, pool.BlockSize, _root);
            var block = contents.Add(blocks[known], hash, previous, TokensOf(known, tokens), chain.Scope);
            if (block == BlockContents.None)
                break;
            if (block != blocks[known])
                pool.Replace(table, known, block);
        }

        return known;
    }

    private ReadOnlySpan<int> TokensOf(int index, ReadOnlySpan<int> tokens) => tokens.Slice(index * pool.BlockSize, pool.BlockSize);
}
