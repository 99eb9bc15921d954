using Inference.Simulation.Replicas;
using Inference.Traces;

namespace Inference.Simulation.Routing;

/// <summary>One replica after the other.</summary>
internal sealed class RoundRobinRouter : IRouter
{
    private long _count;

    public int Choose(TraceRequest request, IReadOnlyList<Replica> replicas) => (int)(_count++ % replicas.Count);
}
