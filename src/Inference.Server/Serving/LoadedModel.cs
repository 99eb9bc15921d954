using Inference.Engine.Execution;
using Inference.Server.Options;
using Inference.Server.Serving.Lora;

namespace Inference.Server.Serving;

/// <summary>A model that is ready to run.</summary>
/// <param name="Model">What the HTTP side needs of it.</param>
/// <param name="Executor">Runs it; whoever serves it disposes of it.</param>
/// <param name="Options">What it is served with.</param>
internal sealed record LoadedModel(ServedModel Model, IModelExecutor Executor, ServerOptions Options)
{
    /// <summary>The adapters that it begins with, and how others are read.</summary>
    public ServedAdapters Adapters { get; init; } = new(load: null, []);
}
