namespace Inference.Server.Batches;

/// <summary>A line of a batch's input: where it is, and what it is called.</summary>
/// <param name="Number">From 1 on, empty lines counted.</param>
/// <param name="Start">Its first byte in the file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="CustomId">What its answer is told by; null where that could not be read.</param>
internal sealed record InputLine(int Number, long Start, long Length, string? CustomId)
{
    /// <summary>What is wrong with it, as a line of the results; null when it can run.</summary>
    public byte[]? Error { get; init; }
}
