using System.Collections.Concurrent;
using Inference.Execution.Embeddings;

namespace Inference.Execution.Tests.Embeddings;

/// <summary>A model whose vectors are a pure function of the tokens. Can fail on demand, hold texts at a barrier, and records their order.</summary>
public sealed class ScriptedEmbeddingModel(int dimensions = 4, int maxLength = 16) : IEmbeddingModel
{
    private readonly ConcurrentQueue<int[]> _texts = new();
    private readonly SemaphoreSlim _entered = new(0);
    private readonly SemaphoreSlim _permits = new(0);
    private volatile bool _isHolding;

    public int Dimensions => dimensions;

    public int MaxLength => maxLength;

    /// <summary>All texts so far, in the order in which they were embedded.</summary>
    public IReadOnlyList<int[]> Texts => [.. _texts];

    /// <summary>When set and true for a text: it fails.</summary>
    public Func<int[], bool>? FailsOn { get; set; }

    public bool IsDisposed { get; private set; }

    /// <summary>The vector of a text.</summary>
    public float[] VectorOf(ReadOnlySpan<int> tokenIds)
    {
        var vector = new float[dimensions];
        foreach (var id in tokenIds)
        {
            vector[id % dimensions]++;
        }

        Pooled.Normalize(vector);
        return vector;
    }

    /// <summary>From now on each text waits for <see cref="Release"/>.</summary>
    public void Hold() => _isHolding = true;

    /// <summary>Waits until a text is held.</summary>
    /// <exception cref="TimeoutException">None was within two minutes.</exception>
    public async Task TextHeldAsync(CancellationToken cancellationToken)
    {
        if (!await _entered.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken))
        {
            throw new TimeoutException("No text was held.");
        }
    }

    public void Release()
    {
        _isHolding = false;
        _permits.Release();
    }

    public float[] Embed(ReadOnlySpan<int> tokenIds)
    {
        var text = tokenIds.ToArray();
        _texts.Enqueue(text);
        if (_isHolding)
        {
            _entered.Release();
            if (!_permits.Wait(TimeSpan.FromMinutes(5)))
            {
                throw new TimeoutException("The held text was never released.");
            }
        }

        return FailsOn?.Invoke(text) == true ? throw new InvalidOperationException("scripted") : VectorOf(tokenIds);
    }

    public void Dispose() => IsDisposed = true;
}
