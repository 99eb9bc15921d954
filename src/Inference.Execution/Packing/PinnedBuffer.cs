namespace Inference.Execution.Packing;

/// <summary>An array that native code may keep pointers into; it grows by doubling and never shrinks.</summary>
internal sealed class PinnedBuffer<T>
    where T : unmanaged
{
    private T[] _array = [];

    /// <summary>The first <paramref name="length"/> elements; what they hold is undefined.</summary>
    public Memory<T> Resize(int length)
    {
        if (_array.Length < length)
        {
            var capacity = (int)Math.Min(Array.MaxLength, Math.Max(length, 2L * _array.Length));
            _array = GC.AllocateUninitializedArray<T>(capacity, pinned: true);
        }

        return _array.AsMemory(0, length);
    }
}
