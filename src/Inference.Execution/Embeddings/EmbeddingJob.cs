using System.Collections.Immutable;
using Inference.Engine.Requests;

namespace Inference.Execution.Embeddings;

/// <summary>A request inside the engine. Only the engine's loop touches what changes here.</summary>
internal sealed class EmbeddingJob(EmbeddingTexts request, long arrival, CancellationToken cancellation)
{
    private readonly float[][] _vectors = new float[request.Texts.Length][];
    private readonly TaskCompletionSource<EmbeddingOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EmbeddingTexts Request => request;

    /// <summary>When it was submitted, as a timestamp.</summary>
    public long Arrival => arrival;

    /// <summary>Texts that are done.</summary>
    public int Done { get; private set; }

    public bool IsCancelled => cancellation.IsCancellationRequested;

    public Task<EmbeddingOutcome> Outcome => _outcome.Task;

    /// <summary>The text whose turn it is.</summary>
    public ReadOnlyMemory<int> NextText => request.Texts[Done];

    /// <summary>Takes the vector of <see cref="NextText"/>. True: it was the last.</summary>
    public bool Add(float[] vector)
    {
        _vectors[Done++] = vector;
        return Done == _vectors.Length;
    }

    public void Finish(FinishReason reason) =>
        _outcome.TrySetResult(new EmbeddingOutcome(reason, reason == FinishReason.Stop ? ImmutableArray.Create(_vectors) : []));
}
