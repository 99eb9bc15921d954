using Inference.Execution;
using Inference.Execution.Embeddings;
using Inference.Server.Options;

namespace Inference.Server.Serving;

/// <summary>An embedding model that is ready to run.</summary>
/// <param name="Model">What the HTTP side needs of it.</param>
/// <param name="Executor">Runs it; whoever serves it disposes of it.</param>
/// <param name="Turns">Those of all models that share the cores; null when there is no other.</param>
/// <param name="Options">What it is served with.</param>
internal sealed record LoadedEmbedder(EmbedderModel Model, IEmbeddingModel Executor, ExecutionTurns? Turns, ServerOptions Options);
