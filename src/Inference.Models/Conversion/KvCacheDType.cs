using System.Diagnostics.CodeAnalysis;

namespace Inference.Models.Conversion;

/// <summary>In which numbers keys and values are kept (<c>--kv-cache-dtype</c>).</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The members are types of numbers, under the names that users give them.")]
public enum KvCacheDType
{
    /// <summary>Single precision.</summary>
    Float32,

    /// <summary>8 bits, with a scale per token and head; see <see cref="Int8Support.IsCacheSupported"/> for which models.</summary>
    Int8,
}
