namespace Inference.Engine.Execution;

/// <summary>
/// One KV cache block to be made equal to another, in all layers: the copy of "copy on write", when sequences that share a block part.
/// </summary>
/// <param name="Source">The block that is read.</param>
/// <param name="Destination">The block that is written as a whole.</param>
public readonly record struct BlockCopy(int Source, int Destination);
