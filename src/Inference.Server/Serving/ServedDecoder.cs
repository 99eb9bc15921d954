using System.Collections.Immutable;
using Inference.Engine;
using Inference.Server.Admission;
using Inference.Server.Options;
using Inference.Server.Serving.Lora;
using Inference.Server.Streaming;
using Inference.Server.Validation;
using Inference.Tokenization;

namespace Inference.Server.Serving;

/// <summary>
/// A model that generates text, and all that belongs to it alone: its engine, and the way of a request from a body to an answer. Several in
/// one server share nothing but the cores. Made by <see cref="DecoderFactory"/>.
/// </summary>
internal sealed class ServedDecoder : IServedModel
{
    /// <summary>What the HTTP side knows of the model.</summary>
    public required ServedModel Model { get; init; }

    /// <summary>What the model is served with.</summary>
    public required ServerOptions Options { get; init; }

    /// <summary>Runs the model. Its executor is disposed of with it.</summary>
    public required InferenceEngine Engine { get; init; }

    /// <inheritdoc/>
    public required PromptEncoder Encoder { get; init; }

    /// <summary>Conversations to prompts.</summary>
    public required ChatPromptRenderer Renderer { get; init; }

    /// <summary>Bodies of /v1/completions to generations.</summary>
    public required CompletionValidator Completions { get; init; }

    /// <summary>Bodies of /v1/chat/completions to generations.</summary>
    public required ChatCompletionValidator Chats { get; init; }

    /// <summary>What answers must look like, compiled.</summary>
    public required ConstraintCompilation Constraints { get; init; }

    /// <summary>Generations to the engine.</summary>
    public required GenerationSubmitter Submitter { get; init; }

    /// <summary>Runs generations and writes their answers.</summary>
    public required GenerationResponder Responder { get; init; }

    /// <summary>Adapters that requests may name in the model's place.</summary>
    public required ServedAdapters Adapters { get; init; }

    /// <summary>Runs the engine's steps; disposed of after it.</summary>
    public required IAsyncDisposable Executor { private get; init; }

    /// <inheritdoc/>
    public ImmutableArray<string> Names => Model.Names;

    /// <inheritdoc/>
    public DateTimeOffset LoadedAt => Model.LoadedAt;

    /// <inheritdoc/>
    public int MaxModelLength => Model.Limits.MaxModelLength;

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
        await Executor.DisposeAsync();
        Adapters.Clear();
    }
}
