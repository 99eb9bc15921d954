using Inference.Engine;

namespace Inference.Server.Endpoints;

/// <summary>What somebody asks who wonders what the engine does: GET /debug/engine. Off unless an option says otherwise.</summary>
internal sealed class DebugEndpoints(InferenceEngine engine)
{
    /// <summary>Steps that are told.</summary>
    public const int JournalLength = 64;

    /// <summary>The engine's state and its latest steps, the oldest first.</summary>
    public Task EngineAsync(HttpContext context) =>
        JsonResponse.WriteAsync(context, new EngineReport(engine.Status, engine.RecentSteps), DebugJsonContext.Default.EngineReport);
}
