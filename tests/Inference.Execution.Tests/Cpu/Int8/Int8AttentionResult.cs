namespace Inference.Execution.Tests.Cpu.Int8;

/// <summary>What a run of int8 attention gave: its rows before and after they were quantised, and the cache as it left it.</summary>
internal sealed class Int8AttentionResult
{
    public required float[] Attended { get; init; }

    public required byte[] Output { get; init; }

    public required float[] Scales { get; init; }

    public required byte[] KeyCache { get; init; }

    public required sbyte[] ValueCache { get; init; }

    public required float[] KeyScales { get; init; }

    public required float[] ValueScales { get; init; }

    public int Pieces { get; set; }
}
