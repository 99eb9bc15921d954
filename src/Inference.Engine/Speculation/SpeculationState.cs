namespace Inference.Engine.Speculation;

/// <summary>What is remembered of one sequence to propose tokens for it. A preemption leaves it as it is.</summary>
internal sealed class SpeculationState(SpeculationOptions options)
{
    public NGramIndex Index { get; } = new(options.PromptLookupMin, options.PromptLookupMax);

    public Acceptance Acceptance { get; set; } = SpeculationPolicy.Initial;
}
