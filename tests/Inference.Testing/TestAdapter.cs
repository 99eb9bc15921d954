using Inference.Engine.Requests;

namespace Inference.Testing;

/// <summary>An adapter without weights, which knows whether it is gone.</summary>
public sealed class TestAdapter : Adapter
{
    private readonly TaskCompletionSource _freed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether its memory was given back.</summary>
    public bool IsFree => Freed.IsCompleted;

    /// <summary>Ends when its memory is given back.</summary>
    public Task Freed => _freed.Task;

    /// <inheritdoc/>
    protected override void Free() => _freed.SetResult();
}
