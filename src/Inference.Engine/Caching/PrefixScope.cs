using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace Inference.Engine.Caching;

/// <summary>Which sequences may share blocks: those for whom all of this is equal.</summary>
/// <param name="Salt">The request's; null for none.</param>
/// <param name="AdapterId">What keys and values were computed with beside the model's weights; 0 for nothing.</param>
internal readonly record struct PrefixScope(string? Salt, long AdapterId = 0)
{
    /// <summary>The scope of a request.</summary>
    public static PrefixScope Of(Requests.InferenceRequest request) => new(request.CacheSalt, request.Adapter?.Id ?? 0);

    /// <summary>What the hashes of the scope's chains begin with.</summary>
    /// <param name="root">What every chain of the cache begins with.</param>
    public ulong Hash(ulong root)
    {
        var id = AdapterId;
        root = id == 0 ? root : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in id)), (long)root);
        return Salt is null ? root : XxHash3.HashToUInt64(MemoryMarshal.AsBytes(Salt.AsSpan()), (long)root);
    }
}
