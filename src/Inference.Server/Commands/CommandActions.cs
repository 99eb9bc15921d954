using Inference.Server.Options;

namespace Inference.Server.Commands;

/// <summary>What the commands do; each gives the process's exit code.</summary>
/// <param name="Serve">Serves until a signal.</param>
/// <param name="Convert">Converts; the second is --output, or null.</param>
/// <param name="Inspect">Tells what a model is.</param>
internal sealed record CommandActions(
    Func<ServerOptions, Task<int>> Serve,
    Func<ServerOptions, string?, Task<int>> Convert,
    Func<ServerOptions, Task<int>> Inspect);
