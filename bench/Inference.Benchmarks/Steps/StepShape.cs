using Inference.Engine.Execution;

namespace Inference.Benchmarks.Steps;

/// <summary>A step of sequences that are all alike.</summary>
/// <param name="Name">For the report.</param>
/// <param name="FirstSequence">Whose blocks it uses, and those of the next ones.</param>
/// <param name="Sequences">How many.</param>
/// <param name="Past">Tokens in the cache of each.</param>
/// <param name="Count">Tokens of each in the step.</param>
internal sealed record StepShape(string Name, int FirstSequence, int Sequences, int Past, int Count)
{
    /// <summary>The most tokens of a sequence.</summary>
    private const int MaxLength = 512;

    /// <summary>Blocks that a sequence has to itself.</summary>
    private const int BlocksPerSequence = MaxLength / 16;

    /// <summary>The most sequences in a decode step; prompts use the blocks of the one after them.</summary>
    private const int MaxDecodes = 32;

    /// <summary>Blocks for all shapes, in the cache at once.</summary>
    public const int BlockCount = (MaxDecodes + 1) * BlocksPerSequence;

    public int TokenCount => Sequences * Count;

    public static StepShape Decode(int sequences, int context) =>
        new($"decode, batch {sequences}, context {context}", 0, sequences, context - 1, 1);

    public static StepShape Prompt(int tokens) => new($"prompt chunk, {tokens} tokens", MaxDecodes, 1, 0, tokens);

    /// <summary>The step. It may run any number of times: it writes the same cache slots each time.</summary>
    public StepPlan Plan(ModelLimits limits) =>
        StepPlans.Create(limits, BlocksPerSequence, [.. Indices.Select(sequence => new SequenceShare(sequence, Past, Count))]);

    /// <summary>Steps that fill the cache. Pages never written would all be one page, and reading them would tell nothing.</summary>
    public IEnumerable<StepPlan> Prefill(ModelLimits limits) =>
        Past == 0 ? [] : Indices.Select(sequence => StepPlans.Create(limits, BlocksPerSequence, new SequenceShare(sequence, 0, Past)));

    private IEnumerable<int> Indices => Enumerable.Range(FirstSequence, Sequences);
}
