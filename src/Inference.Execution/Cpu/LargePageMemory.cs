namespace Inference.Execution.Cpu;

/// <summary>
/// Memory that the system is asked to back with large pages: weights and caches are read from end to end in each step, and with small
/// pages the processor spends much of that time looking up where they are (measured: 1.5 times the bandwidth). Small blocks share pages.
/// </summary>
internal sealed unsafe class LargePageMemory : IDisposable
{
    private const int PageSize = 2 << 20;
    private const int SharedSize = 8 * PageSize;
    private const int Alignment = 64;

    private static readonly Lock Gate = new();
    private static Region? _shared;

    private Region? _region;

    private LargePageMemory(Region region, byte* start)
    {
        _region = region;
        Start = start;
    }

    /// <summary>The first byte, aligned to 64; the memory is zero.</summary>
    public byte* Start { get; }

    /// <summary>Reserves memory; none of it is touched.</summary>
    /// <exception cref="InsufficientMemoryException">The system has none left.</exception>
    public static LargePageMemory Allocate(nuint bytes)
    {
        lock (Gate)
        {
            if (bytes >= SharedSize / 2)
            {
                return new Region(bytes).Take(bytes);
            }

            if (_shared is null || !_shared.HasRoom(bytes))
            {
                _shared = new Region(SharedSize);
            }

            return _shared.Take(bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (Gate)
        {
            _region?.Release();
            _region = null;
        }
    }

    /// <summary>Whole pages, given back when the last of their blocks is.</summary>
    private sealed class Region
    {
        private readonly byte* _mapping;
        private readonly nuint _mappedLength;
        private readonly byte* _memory;
        private readonly nuint _length;
        private nuint _used;
        private int _blocks;

        public Region(nuint bytes)
        {
            // One page more, so that the first can begin where a large page can.
            _length = checked(bytes + PageSize - 1) / PageSize * PageSize;
            _mappedLength = checked(_length + PageSize);
            _mapping = SystemMemory.Map(_mappedLength);
            _memory = (byte*)(((nuint)_mapping + PageSize - 1) / PageSize * PageSize);
            SystemMemory.AdviseLargePages(_memory, _length);
        }

        public bool HasRoom(nuint bytes) => _blocks > 0 && _length - _used >= bytes;

        public LargePageMemory Take(nuint bytes)
        {
            var start = _memory + _used;
            _used = Math.Min(_length, (_used + bytes + Alignment - 1) / Alignment * Alignment);
            _blocks++;
            return new LargePageMemory(this, start);
        }

        public void Release()
        {
            if (--_blocks == 0)
            {
                SystemMemory.Unmap(_mapping, _mappedLength);
            }
        }
    }
}
