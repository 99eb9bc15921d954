using Inference.Simulation.Loads;
using Inference.Traces;

namespace Inference.Simulation.Tests.Loads;

public sealed class LoadTests
{
    private static readonly TraceRequest[] Trace =
        [.. Enumerable.Range(0, 1000).Select(index => new TraceRequest(TimeSpan.FromSeconds(index), 600, 5, [1, 2 + index]))];

    [Fact]
    public void Of_OneCopy_IsTheTrace()
    {
        var load = Load.Of(Trace, new LoadOptions()).ToArray();

        Assert.Equal(Trace, load.Select(request => request.Trace));
        Assert.Equal(Trace.Select(request => request.Arrival), load.Select(request => request.Arrival));
        Assert.Equal(1000, load.Select(request => request.Identity).Distinct().Count());
        Assert.DoesNotContain(load, request => request.IsUrgent);
    }

    [Fact]
    public void Of_Copies_HaveTheSameRequestsAtOtherTimesWithOtherPrefixes()
    {
        var load = Load.Of(Trace, new LoadOptions { Copies = 3 }).ToArray();

        Assert.Equal(3000, load.Select(request => request.Identity).Distinct().Count());
        Assert.Equal(load.Select(request => request.Arrival).Order(), load.Select(request => request.Arrival));
        Assert.InRange(load[^1].Arrival.TotalSeconds, 999, 1001);
        Assert.Equal(3, load.Select(request => request.Trace.PrefixIds[0]).Distinct().Count());
        Assert.Equal(3003, load.SelectMany(request => request.Trace.PrefixIds).Distinct().Count());
        // At twice the distance from the beginning, twice as many have arrived: the copies do not begin together.
        Assert.InRange(load.Count(request => request.Arrival.TotalSeconds < 500), 1490, 1510);
    }

    [Fact]
    public void Of_SpeedAndUntil_ShortenIt()
    {
        var load = Load.Of(Trace, new LoadOptions { Speed = 4, Until = TimeSpan.FromSeconds(100) }).ToArray();

        Assert.Equal((101, 25), (load.Length, load[^1].Arrival.TotalSeconds));
    }

    [Fact]
    public void Of_UrgentShare_IsAboutThatMany() =>
        Assert.InRange(Load.Of(Trace, new LoadOptions { UrgentShare = .25 }).Count(request => request.IsUrgent), 200, 300);
}
