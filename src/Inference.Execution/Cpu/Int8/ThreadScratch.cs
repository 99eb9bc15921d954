using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu.Int8;

/// <summary>Memory for intermediate results, one piece per thread: what a thread used last is still in its core's caches.</summary>
internal sealed unsafe class ThreadScratch
{
    private const nuint Alignment = 64;

    [ThreadStatic]
    private static ThreadScratch? _current;

    private byte* _start;
    private nuint _size;

    private ThreadScratch()
    {
    }

    // With the thread, its piece becomes garbage.
    ~ThreadScratch() => NativeMemory.AlignedFree(_start);

    /// <summary>At least so many bytes, at the start of a cache line; whatever was rented before in this thread is overwritten.</summary>
    public static byte* Rent(nuint bytes)
    {
        var scratch = _current ??= new ThreadScratch();
        if (scratch._size < bytes)
        {
            NativeMemory.AlignedFree(scratch._start);
            scratch._start = null;
            scratch._size = 0;
            scratch._start = (byte*)NativeMemory.AlignedAlloc(bytes, Alignment);
            scratch._size = bytes;
        }

        return scratch._start;
    }
}
