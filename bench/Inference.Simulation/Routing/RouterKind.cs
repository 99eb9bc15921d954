namespace Inference.Simulation.Routing;

/// <summary>Routers by name.</summary>
internal enum RouterKind
{
    /// <summary><see cref="RoundRobinRouter"/>.</summary>
    RoundRobin,

    /// <summary><see cref="PrefixAwareRouter"/>.</summary>
    Prefix,
}
