using Inference.Traces;

namespace Inference.Simulation.Loads;

/// <summary>A request on its way to a replica.</summary>
/// <param name="Identity">Unique.</param>
/// <param name="Arrival">Since the beginning.</param>
/// <param name="Trace">Its sizes and prefix.</param>
/// <param name="IsUrgent">Whether it is one of those that the policies may prefer.</param>
internal sealed record SimulatedRequest(long Identity, TimeSpan Arrival, TraceRequest Trace, bool IsUrgent);
