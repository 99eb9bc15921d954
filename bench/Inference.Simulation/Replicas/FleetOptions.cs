using Inference.Engine.Execution;
using Inference.Engine.Scheduling;
using Inference.Simulation.Costs;

namespace Inference.Simulation.Replicas;

/// <summary>Replicas that are all alike.</summary>
internal sealed record FleetOptions
{
    /// <summary>How many. At least 1.</summary>
    public int Replicas { get; init; } = 1;

    /// <summary>As in a server.</summary>
    public SchedulerOptions Scheduling { get; init; } = new();

    /// <summary>Sizes of the cache; the vocabulary has two ids that are in no prompt.</summary>
    public ModelLimits Limits { get; init; } = new(VocabularySize: 49152, MaxModelLength: 1 << 20, BlockSize: 16, BlockCount: 8192);

    /// <summary>How long steps take.</summary>
    public CostModel Cost { get; init; } = CostModel.Free;

    /// <summary>The <c>max_tokens</c> of requests that end before: what clients ask for is more than what they get. At least 1.</summary>
    public int MaxTokens { get; init; } = 1024;

    /// <summary>The time that urgent requests have to begin; null: any.</summary>
    public TimeSpan? UrgentDeadline { get; init; }

    /// <summary>The priority of urgent requests; others have 0.</summary>
    public int UrgentPriority { get; init; } = -10;
}
