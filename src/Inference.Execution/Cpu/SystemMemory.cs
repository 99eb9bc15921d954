using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu;

/// <summary>Memory straight from the operating system.</summary>
internal static unsafe partial class SystemMemory
{
    private const int Read = 1;
    private const int Write = 2;
    private const int Execute = 4;
    private const int PrivateAnonymous = 0x22;
    private const int AdviceHugePage = 14;

    /// <summary>Maps whole pages, zero and untouched.</summary>
    /// <exception cref="InsufficientMemoryException">The system does not give so much.</exception>
    public static byte* Map(nuint length)
    {
        var memory = MMap(null, length, Read | Write, PrivateAnonymous, -1, 0);
        return memory != (void*)-1 ? (byte*)memory : throw new InsufficientMemoryException($"The system does not give {length} bytes of memory.");
    }

    /// <summary>Gives pages back.</summary>
    public static void Unmap(byte* memory, nuint length) => _ = MUnmap(memory, length);

    /// <summary>Makes pages readable and executable, but no longer writable.</summary>
    public static bool TryMakeExecutable(byte* memory, nuint length) => MProtect(memory, length, Read | Execute) == 0;

    /// <summary>Asks for large pages; where the system has none to give the pages are small, and all else is the same.</summary>
    public static void AdviseLargePages(byte* memory, nuint length) => _ = MAdvise(memory, length, AdviceHugePage);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MMap(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int MUnmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int MProtect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MAdvise(void* address, nuint length, int advice);
}
