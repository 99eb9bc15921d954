namespace Inference.Engine.Execution;

/// <summary>The sizes that the scheduler must respect, as the executor was built.</summary>
/// <param name="VocabularySize">Logits per row.</param>
/// <param name="MaxModelLength">The most tokens (prompt and output) of one sequence.</param>
/// <param name="BlockSize">Tokens per KV cache block.</param>
/// <param name="BlockCount">Blocks in the KV cache.</param>
public sealed record ModelLimits(int VocabularySize, int MaxModelLength, int BlockSize, int BlockCount);
