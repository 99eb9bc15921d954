using Inference.Simulation.Replicas;
using Inference.Traces;

namespace Inference.Simulation.Routing;

/// <summary>Chooses a replica for a request.</summary>
internal interface IRouter
{
    /// <returns>Its index.</returns>
    int Choose(TraceRequest request, IReadOnlyList<Replica> replicas);
}
