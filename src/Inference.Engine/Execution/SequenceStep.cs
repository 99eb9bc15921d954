using Inference.Engine.Requests;

namespace Inference.Engine.Execution;

/// <summary>
/// One sequence's share of a step. Tokens are scheduled, not phases: one token is a decode, more are a chunk of a prompt.
/// </summary>
/// <param name="SequenceId">Unique among live sequences.</param>
/// <param name="TokenCount">Tokens of this sequence in the step, at least 1.</param>
/// <param name="PackedOffset">Index of its first token in <see cref="StepPlan.TokenIds"/>.</param>
/// <param name="PastLength">Tokens of it already in the cache: the position of its first token here.</param>
/// <param name="LogitsCount">Rows of logits wanted, for its last tokens in this step: 0 inside a prompt, 1 to sample, more to verify tokens
/// that are only proposed: what the cache then holds of those that are rejected is written again.</param>
/// <param name="LogitsRow">Index of its first logits row in the result; meaningless when <paramref name="LogitsCount"/> is 0.</param>
/// <param name="BlockTable">Cache blocks in order of position, enough for <paramref name="PastLength"/> + <paramref name="TokenCount"/>
/// tokens. Several sequences may share blocks that the step only reads; those that its tokens are written to are one sequence's
/// alone.</param>
/// <param name="Adapter">What its tokens are computed with beside the model's weights; null for those alone. It lives as long as the
/// sequence.</param>
public readonly record struct SequenceStep(
    long SequenceId,
    int TokenCount,
    int PackedOffset,
    int PastLength,
    int LogitsCount,
    int LogitsRow,
    ReadOnlyMemory<int> BlockTable,
    Adapter? Adapter = null);
