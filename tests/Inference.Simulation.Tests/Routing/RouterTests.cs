using Inference.Engine;
using Inference.Simulation.Loads;
using Inference.Simulation.Replicas;
using Inference.Simulation.Reports;
using Inference.Simulation.Routing;
using Inference.Testing;
using Inference.Traces;

namespace Inference.Simulation.Tests.Routing;

public sealed class RouterTests : IDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly Replica[] _replicas;
    private long _identity;

    public RouterTests()
    {
        var time = new VirtualTime();
        var metrics = new EngineMetrics(_meters, "test", time);
        _replicas = [.. Enumerable.Range(0, 3).Select(index => new Replica(index, new FleetOptions(), time, metrics, new ServiceStatistics()))];
    }

    [Fact]
    public void RoundRobin_Requests_TakeTurns()
    {
        var router = new RoundRobinRouter();

        Assert.Equal([0, 1, 2, 0], Enumerable.Range(0, 4).Select(_ => router.Choose(Request(), _replicas)));
    }

    [Fact]
    public void Prefix_KnownBeginning_GoesWhereItWent()
    {
        var router = new PrefixAwareRouter();
        Give(router, Request(1, 2));
        Give(router, Request(5, 6));

        Assert.Equal(0, router.Choose(Request(1, 2, 3), _replicas));
        Assert.Equal(1, router.Choose(Request(5, 9), _replicas));
        Assert.Equal(2, router.Choose(Request(7), _replicas));
    }

    [Fact]
    public void Prefix_OwnerHasMoreThanItsShare_GoesToTheLeastLoaded()
    {
        var router = new PrefixAwareRouter();
        for (var i = 0; i < 8; i++)
            Assert.Equal(0, Give(router, Request(1, i + 2)));

        Assert.Equal(1, Give(router, Request(1, 100)));
        Assert.Equal(1, Give(router, Request(1, 101)));
    }

    [Fact]
    public void Prefix_WithoutPrefixes_IsLeastLoaded()
    {
        var router = new PrefixAwareRouter();

        Assert.Equal([0, 1, 2, 0], Enumerable.Range(0, 4).Select(_ => Give(router, Request())));
    }

    public void Dispose() => _meters.Dispose();

    private int Give(PrefixAwareRouter router, TraceRequest request)
    {
        var chosen = router.Choose(request, _replicas);
        _replicas[chosen].Submit(new SimulatedRequest(_identity++, TimeSpan.Zero, request, IsUrgent: false));
        return chosen;
    }

    private static TraceRequest Request(params long[] ids) => new(TimeSpan.Zero, Math.Max(1, ids.Length * TraceRequest.PrefixBlock), 5, [.. ids]);
}
