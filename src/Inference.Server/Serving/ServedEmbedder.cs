using System.Collections.Immutable;
using Inference.Engine;
using Inference.Execution.Embeddings;
using Inference.Server.Embeddings;
using Inference.Server.Options;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Serving;

/// <summary>A model that makes vectors of texts, and all that belongs to it alone. Made by <see cref="EmbedderFactory"/>.</summary>
internal sealed class ServedEmbedder : IServedModel
{
    /// <summary>What the HTTP side knows of the model.</summary>
    public required EmbedderModel Model { get; init; }

    /// <summary>What the model is served with.</summary>
    public required ServerOptions Options { get; init; }

    /// <summary>Runs the model. The model is disposed of with it.</summary>
    public required EmbeddingEngine Engine { get; init; }

    /// <inheritdoc/>
    public required PromptEncoder Encoder { get; init; }

    /// <summary>Texts to embed to tokens.</summary>
    public required EmbeddingEncoder Texts { get; init; }

    /// <summary>Tokens to vectors.</summary>
    public required EmbeddingRunner Runner { get; init; }

    /// <summary>Runs the engine's texts; disposed of after it.</summary>
    public required IDisposable Executor { private get; init; }

    /// <inheritdoc/>
    public ImmutableArray<string> Names => Model.Names;

    /// <inheritdoc/>
    public DateTimeOffset LoadedAt => Model.LoadedAt;

    /// <inheritdoc/>
    public int MaxModelLength => Model.MaxLength;

    /// <inheritdoc/>
    public Tokenizer Tokenizer => Model.Tokenizer;

    /// <inheritdoc/>
    public EngineStatus Status => Engine.Status;

    /// <inheritdoc/>
    public bool HasEnded => Engine.Completion.IsCompleted;

    /// <inheritdoc/>
    public bool IsFull => Engine.Status.Waiting >= Options.MaxQueueLength;

    /// <inheritdoc/>
    public void Start() => Engine.Start();

    /// <inheritdoc/>
    public Task<bool> DrainAsync(TimeSpan limit, CancellationToken cancellationToken) => Engine.DrainAsync(limit, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Executor.Dispose();
    }
}
