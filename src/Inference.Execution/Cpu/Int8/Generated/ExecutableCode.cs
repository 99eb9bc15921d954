namespace Inference.Execution.Cpu.Int8.Generated;

/// <summary>Machine code in memory of its own, which is written first and afterwards executable, but no longer writable.</summary>
internal static unsafe class ExecutableCode
{
    private const int Alignment = 64;

    /// <summary>Makes functions of code; they stay for the life of the process.</summary>
    /// <returns>Their addresses, or null where the system does not allow generated code.</returns>
    public static nint[]? Load(IReadOnlyList<byte[]> functions)
    {
        var starts = new int[functions.Count];
        var length = 0;
        for (var i = 0; i < starts.Length; i++)
        {
            starts[i] = length;
            length += (functions[i].Length + Alignment - 1) / Alignment * Alignment;
        }

        var memory = SystemMemory.Map((nuint)length);
        for (var i = 0; i < starts.Length; i++)
        {
            functions[i].CopyTo(new Span<byte>(memory + starts[i], functions[i].Length));
        }

        if (SystemMemory.TryMakeExecutable(memory, (nuint)length))
        {
            return Array.ConvertAll(starts, start => (nint)memory + start);
        }

        SystemMemory.Unmap(memory, (nuint)length);
        return null;
    }
}
