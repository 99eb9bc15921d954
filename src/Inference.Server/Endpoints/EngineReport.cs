using Inference.Engine;

namespace Inference.Server.Endpoints;

/// <summary>The answer of /debug/engine.</summary>
/// <param name="Status">How full the engine is.</param>
/// <param name="Steps">The latest steps, the oldest first.</param>
internal sealed record EngineReport(EngineStatus Status, IReadOnlyList<StepRecord> Steps);
