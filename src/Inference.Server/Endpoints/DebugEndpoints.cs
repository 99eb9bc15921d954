using Inference.Server.Serving;

namespace Inference.Server.Endpoints;

/// <summary>What somebody asks who wonders what an engine does: GET /debug/engine, or /debug/engine?model=NAME. Off unless an option says otherwise.</summary>
internal sealed class DebugEndpoints(ModelRegistry models)
{
    /// <summary>Steps that are told.</summary>
    public const int JournalLength = 64;

    /// <summary>An engine's state and its latest steps, the oldest first.</summary>
    public Task EngineAsync(HttpContext context)
    {
        var engine = models.Decoder(context.Request.Query["model"]).Engine;
        return JsonResponse.WriteAsync(context, new EngineReport(engine.Status, engine.RecentSteps), DebugJsonContext.Default.EngineReport);
    }
}
