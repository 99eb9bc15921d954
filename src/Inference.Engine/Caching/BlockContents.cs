namespace Inference.Engine.Caching;

/// <summary>
/// What the KV cache's blocks hold: which tokens, after which block. The hash of a <see cref="PrefixChain"/> only says where to look; a block
/// is found by comparing its tokens, its scope and what it follows, so two different prefixes can never be taken for each other, whatever
/// their hashes are. What a block follows is named by an identity that is never given out again: a block that was reused is nobody's
/// predecessor any more.
/// </summary>
internal sealed class BlockContents
{
    /// <summary>No block: what the first block of a chain follows, or what was not found.</summary>
    public const int None = -1;

    private const long NoIdentity = 0;

    private readonly int _blockSize;
    private readonly Dictionary<ulong, int> _blocks = [];
    private readonly Content[] _contents;
    private readonly int[] _tokens;
    private long _lastIdentity = NoIdentity;

    public BlockContents(int blockCount, int blockSize)
    {
        _blockSize = blockSize;
        _contents = new Content[blockCount];
        _tokens = GC.AllocateUninitializedArray<int>(checked(blockCount * blockSize));
    }

    /// <summary>Blocks with known contents.</summary>
    public int KnownCount => _blocks.Count;

    public bool IsKnown(int block) => _contents[block].Identity != NoIdentity;

    /// <summary>The block with these tokens after <paramref name="previous"/>, or <see cref="None"/>.</summary>
    /// <param name="hash">Of the chain up to here.</param>
    /// <param name="previous">A block with known contents, or <see cref="None"/> for the first of a chain.</param>
    /// <param name="tokens">As many as a block holds.</param>
    /// <param name="scope">The chain's.</param>
    public int Find(ulong hash, int previous, ReadOnlySpan<int> tokens, PrefixScope scope) =>
        _blocks.TryGetValue(hash, out var block) && Is(block, previous, tokens, scope) ? block : None;

    /// <summary>
    /// Remembers what a block holds. Answers the block that is known for it from now on: this one, or the one that was known already, or
    /// <see cref="None"/> when other contents with the same hash are there, which stay.
    /// </summary>
    public int Add(int block, ulong hash, int previous, ReadOnlySpan<int> tokens, PrefixScope scope)
    {
        if (_blocks.TryGetValue(hash, out var known))
            return Is(known, previous, tokens, scope) ? known : None;

        _blocks.Add(hash, block);
        _contents[block] = new Content(++_lastIdentity, IdentityOf(previous), hash, scope);
        tokens.CopyTo(TokensOf(block));
        return block;
    }

    /// <summary>The block is about to hold something else.</summary>
    public void Forget(int block)
    {
        if (!IsKnown(block))
            return;

        _blocks.Remove(_contents[block].Hash);
        _contents[block] = default;
    }

    private bool Is(int block, int previous, ReadOnlySpan<int> tokens, PrefixScope scope)
    {
        ref readonly var content = ref _contents[block];
        return content.Previous == IdentityOf(previous)
            && content.Scope == scope
            && tokens.SequenceEqual(TokensOf(block));
    }

    private long IdentityOf(int block) => block == None ? NoIdentity : _contents[block].Identity;

    private Span<int> TokensOf(int block) => _tokens.AsSpan(block * _blockSize, _blockSize);

    private readonly record struct Content(long Identity, long Previous, ulong Hash, PrefixScope Scope);
}
