using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Inference.Engine.Caching;

/// <summary>
/// Where to look for the blocks of one sequence in the prefix cache: each full block's hash, over its tokens and the hash before it, and
/// at the beginning the scope, and whose keys and values the cache holds. Computed once per block, when it is first asked for.
/// </summary>
internal sealed class PrefixChain(PrefixScope scope)
{
    private ulong[] _hashes = [];
    private int _count;

    public PrefixScope Scope => scope;

    /// <summary>The hash of block <paramref name="index"/> of <paramref name="tokens"/>, which only ever grow.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="tokens">At least all up to the block's last.</param>
    /// <param name="blockSize">Tokens per block.</param>
    /// <param name="root">What every chain of the cache begins with; the same in each call.</param>
    public ulong HashAt(int index, ReadOnlySpan<int> tokens, int blockSize, ulong root = 0)
    {
        if (index >= _hashes.Length)
            Array.Resize(ref _hashes, Math.Max(index + 1, Math.Max(2 * _hashes.Length, tokens.Length / blockSize)));
        for (; _count <= index; _count++)
        {
            var block = MemoryMarshal.AsBytes(tokens.Slice(_count * blockSize, blockSize));
            _hashes[_count] = XxHash3.HashToUInt64(block, (long)(_count == 0 ? scope.Hash(root) : _hashes[_count - 1]));
        }

        return _hashes[index];
    }

    /// <summary>Becomes the chain of a sequence of the same scope.</summary>
    public void CopyFrom(PrefixChain other)
    {
        if (_hashes.Length < other._count)
            _hashes = new ulong[other._hashes.Length];
        other._hashes.AsSpan(0, other._count).CopyTo(_hashes);
        _count = other._count;
    }
}
