namespace Inference.Benchmarks;

/// <summary>One sequence's part of a hand-made step.</summary>
/// <param name="Sequence">Counted from 0.</param>
/// <param name="Past">Tokens in the cache.</param>
/// <param name="Count">Tokens in the step.</param>
internal readonly record struct SequenceShare(int Sequence, int Past, int Count);
