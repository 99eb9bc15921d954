using Inference.Simulation.Replicas;
using Inference.Traces;

namespace Inference.Simulation.Routing;

/// <summary>
/// The replica that got the longest beginning of the prompt before, unless it has more than its share to do; else the one with the least
/// to do. What a replica has dropped since is not known here, as a gateway does not know it. (Bounds: Mirrokni et al., Consistent Hashing
/// with Bounded Loads, 2018.)
/// </summary>
internal sealed class PrefixAwareRouter : IRouter
{
    /// <summary>How many times the mean number of requests a replica may have.</summary>
    private const double Bound = 1.25;

    /// <summary>So many requests are never too many.</summary>
    private const int AlwaysTaken = 8;

    private readonly Dictionary<long, int> _owners = [];

    public int Choose(TraceRequest request, IReadOnlyList<Replica> replicas)
    {
        var chosen = Owner(request) is { } owner && HasRoom(replicas[owner], replicas) ? owner : LeastLoaded(replicas);
        foreach (var id in request.PrefixIds)
            _owners[id] = chosen;
        return chosen;
    }

    private int? Owner(TraceRequest request)
    {
        int? owner = null;
        foreach (var id in request.PrefixIds)
        {
            if (!_owners.TryGetValue(id, out var next))
                break;
            owner = next;
        }

        return owner;
    }

    private static bool HasRoom(Replica replica, IReadOnlyList<Replica> replicas) =>
        replica.InFlight < AlwaysTaken
        || replica.InFlight < Bound * (replicas.Sum(static other => (long)other.InFlight) + 1) / replicas.Count;

    private static int LeastLoaded(IReadOnlyList<Replica> replicas)
    {
        var least = 0;
        for (var i = 1; i < replicas.Count; i++)
        {
            if (replicas[i].InFlight < replicas[least].InFlight)
                least = i;
        }

        return least;
    }
}
