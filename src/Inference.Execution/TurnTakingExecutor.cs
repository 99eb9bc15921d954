using Inference.Engine.Execution;

namespace Inference.Execution;

/// <summary>
/// One of several executors in a process, whose steps take turns: a model gets the cores for a step, then whoever has waited longest. Steps are short and
/// bounded (<c>--max-num-batched-tokens</c>), and two at a time would take each other's caches.
/// </summary>
/// <param name="inner">Runs the steps; disposed of with this.</param>
/// <param name="turns">Those of all executors that share the cores.</param>
public sealed class TurnTakingExecutor(IModelExecutor inner, ExecutionTurns turns) : IModelExecutor
{
    /// <inheritdoc/>
    public ModelLimits Limits => inner.Limits;

    /// <inheritdoc/>
    public async ValueTask<StepResult> ExecuteAsync(StepPlan plan, CancellationToken cancellationToken)
    {
        using var turn = await turns.TakeAsync(cancellationToken);
        return await inner.ExecuteAsync(plan, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
