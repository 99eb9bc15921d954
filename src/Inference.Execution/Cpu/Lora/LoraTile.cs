namespace Inference.Execution.Cpu.Lora;

/// <summary>Rows with one adapter that a thread computes together, so that the adapter's weights are read once for all of them.</summary>
internal unsafe struct LoraTile
{
    /// <summary>The adapter's, by the graph's sites.</summary>
    public LoraSite* Sites;

    /// <summary>Its first run among the step's.</summary>
    public int FirstRun;

    /// <summary>How many runs.</summary>
    public int RunCount;

    /// <summary>Where its rows of A x lie.</summary>
    public int FirstRow;
}
