using Inference.Engine.Execution;

namespace Inference.Benchmarks.Steps;

/// <summary>A step of sequences that are all alike. All shapes use the cache from its first block on, each as it likes.</summary>
/// <param name="Name">For the report.</param>
/// <param name="Sequences">How many.</param>
/// <param name="Past">Tokens in the cache of each.</param>
/// <param name="Count">Tokens of each in the step.</param>
internal sealed record StepShape(string Name, int Sequences, int Past, int Count)
{
    private const int BlockSize = 16;

    // A prefill step of this many tokens, so that filling a long context needs no more memory than serving it.
    private const int PrefillChunk = 512;

    public int TokenCount => Sequences * Count;

    /// <summary>Blocks of the cache that it uses.</summary>
    public int BlockCount => Sequences * BlocksPerSequence;

    private int BlocksPerSequence => (Past + Count + BlockSize - 1) / BlockSize;

    public static StepShape Decode(int sequences, int context) =>
        new($"decode, batch {sequences}, context {context}", sequences, context - 1, 1);

    public static StepShape Prompt(int tokens) => new($"prompt chunk, {tokens} tokens", 1, 0, tokens);

    /// <summary>The step. It may run any number of times: it writes the same cache slots each time.</summary>
    public StepPlan Plan(ModelLimits limits) =>
        StepPlans.Create(limits, BlocksPerSequence, [.. Enumerable.Range(0, Sequences).Select(sequence => new SequenceShare(sequence, Past, Count))]);

    /// <summary>Steps that fill the cache. Pages never written would all be one page, and reading them would tell nothing.</summary>
    public IEnumerable<StepPlan> Prefill(ModelLimits limits) =>
        from sequence in Enumerable.Range(0, Sequences)
        from chunk in Enumerable.Range(0, (Past + PrefillChunk - 1) / PrefillChunk)
        let start = chunk * PrefillChunk
        select StepPlans.Create(limits, BlocksPerSequence, new SequenceShare(sequence, start, Math.Min(PrefillChunk, Past - start)));
}
