using Inference.Engine.Sampling;
using Inference.Traces;

namespace Inference.Simulation.Loads;

/// <summary>The requests of a simulation, made of a trace, in order of arrival.</summary>
internal static class Load
{
    public static IEnumerable<SimulatedRequest> Of(IReadOnlyList<TraceRequest> trace, LoadOptions options)
    {
        var requests = trace.TakeWhile(request => options.Until is not { } until || request.Arrival <= until).ToArray();
        if (requests.Length == 0)
            yield break;

        // A little after the last, so that it and the first do not arrive together when a copy begins anew.
        var period = requests[^1].Arrival + requests[^1].Arrival / requests.Length + TimeSpan.FromTicks(1);
        foreach (var (arrival, copy, index) in Arrivals(requests, period, options.Copies))
        {
            var identity = (long)copy * requests.Length + index;
            yield return new SimulatedRequest(
                identity, arrival / options.Speed, OfCopy(requests[index], copy), Uniform((ulong)identity) < options.UrgentShare);
        }
    }

    private static (TimeSpan Arrival, int Copy, int Index)[] Arrivals(TraceRequest[] requests, TimeSpan period, int copies)
    {
        var arrivals = new (TimeSpan Arrival, int Copy, int Index)[(long)requests.Length * copies];
        for (var copy = 0; copy < copies; copy++)
        {
            var offset = copy == 0 ? TimeSpan.Zero : period * Uniform(~(ulong)copy);
            for (var i = 0; i < requests.Length; i++)
            {
                var ticks = (requests[i].Arrival + offset).Ticks % period.Ticks;
                arrivals[copy * requests.Length + i] = (TimeSpan.FromTicks(ticks), copy, i);
            }
        }

        Array.Sort(arrivals);
        return arrivals;
    }

    /// <summary>No copy shares prefixes with another.</summary>
    private static TraceRequest OfCopy(TraceRequest request, int copy) =>
        copy == 0 ? request : request with { PrefixIds = [.. request.PrefixIds.Select(id => id + ((long)copy << 40))] };

    /// <summary>A number in [0, 1) that the seed alone determines.</summary>
    private static double Uniform(ulong seed) => CounterRandom.Uniform(seed, index: 0);
}
