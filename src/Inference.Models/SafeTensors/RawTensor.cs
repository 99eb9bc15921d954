using System.Collections.Immutable;
using Inference.Models.Checkpoints;

namespace Inference.Models.SafeTensors;

/// <summary>
/// A tensor of integers or other packed numbers, whose place in a file has been checked. It is no weight by itself; other tensors go with
/// it.
/// </summary>
/// <param name="Name">As in the file.</param>
/// <param name="Type">As the file calls it, for example <c>I32</c>.</param>
/// <param name="Shape">Row-major.</param>
/// <param name="File">Where.</param>
/// <param name="Offset">Of the first byte in the file.</param>
/// <param name="ByteCount">Bytes in all.</param>
internal sealed record RawTensor(string Name, string Type, ImmutableArray<long> Shape, CheckpointFile File, long Offset, long ByteCount)
{
    /// <summary>Reads bytes of the tensor; safe for concurrent callers.</summary>
    /// <param name="first">The first byte to read.</param>
    /// <param name="destination">As many as to read.</param>
    public void Read(long first, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, ByteCount - destination.Length);
        File.Read(Offset + first, destination);
    }
}
