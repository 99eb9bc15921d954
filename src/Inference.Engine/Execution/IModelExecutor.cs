namespace Inference.Engine.Execution;

/// <summary>Runs steps of one model. Implemented on ONNX Runtime, by a shard group, and by test doubles.</summary>
public interface IModelExecutor : IAsyncDisposable
{
    /// <summary>The sizes to schedule within.</summary>
    ModelLimits Limits { get; }

    /// <summary>Copies blocks, writes the plan's tokens into the KV cache and computes the logits that it asks for. Steps never overlap.</summary>
    /// <exception cref="ExecutionException">
    /// The step failed; what is in the cache at the positions that the plan's tokens have, and in the blocks that it copies to, is undefined.
    /// Everything else is as it was.
    /// </exception>
    ValueTask<StepResult> ExecuteAsync(StepPlan plan, CancellationToken cancellationToken);
}
