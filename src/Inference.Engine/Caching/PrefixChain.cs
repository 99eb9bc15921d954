using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Inference.Engine.Caching;

/// <summary>
/// Where to look for the blocks of one sequence in the prefix cache: each full block's hash, over its tokens and the hash before it, and
/// at the beginning the salt. Computed once per block, when it is first asked for.
/// </summary>
internal sealed class PrefixChain(string? salt)
{
    private ulong[] _hashes = [];
    private int _count;

    public string? Salt => salt;

    /// <summary>The hash of block <paramref name="index"/> of <paramref name="tokens"/>, which only ever grow.</summary>
    public ulong HashAt(int index, ReadOnlySpan<int> tokens, int blockSize)
    {
        if (index >= _hashes.Length)
            Array.Resize(ref _hashes, Math.Max(index + 1, Math.Max(2 * _hashes.Length, tokens.Length / blockSize)));
        for (; _count <= index; _count++)
        {
            var block = MemoryMarshal.AsBytes(tokens.Slice(_count * blockSize, blockSize));
            _hashes[_count] = XxHash3.HashToUInt64(block, (long)(_count == 0 ? HashOfSalt() : _hashes[_count - 1]));
        }

        return _hashes[index];
    }

    private ulong HashOfSalt() => salt is null ? 0 : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(salt.AsSpan()));
}
