using Inference.Engine.Execution;

namespace Inference.Server.Serving;

/// <summary>A model that is ready to run.</summary>
/// <param name="Model">What the HTTP side needs of it.</param>
/// <param name="Executor">Runs it; whoever serves it disposes of it.</param>
internal sealed record LoadedModel(ServedModel Model, IModelExecutor Executor);
