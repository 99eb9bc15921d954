using Inference.Engine;
using Inference.Simulation.Loads;
using Inference.Simulation.Reports;
using Inference.Simulation.Routing;
using Inference.Testing;

namespace Inference.Simulation.Replicas;

/// <summary>Replicas behind a router, as a simulation of discrete events: the beginnings and ends of steps, and arrivals.</summary>
internal sealed class Fleet : IDisposable
{
    private readonly TestMeterFactory _meters = new();
    private readonly VirtualTime _time = new();
    private readonly IRouter _router;
    private readonly Replica[] _replicas;

    /// <summary>When replicas are due. What is no replica's next event any more is passed over.</summary>
    private readonly PriorityQueue<Replica, (TimeSpan Time, int Index)> _events = new();

    public Fleet(FleetOptions options, IRouter router)
    {
        options.Scheduling.Validate();
        _router = router;
        var metrics = new EngineMetrics(_meters, "simulated", _time);
        _replicas = [.. Enumerable.Range(0, options.Replicas).Select(index => new Replica(index, options, _time, metrics, Statistics))];
    }

    public ServiceStatistics Statistics { get; } = new();

    /// <summary>Takes requests, in order of arrival, and runs until all have ended.</summary>
    public void Run(IEnumerable<SimulatedRequest> requests)
    {
        foreach (var request in requests)
        {
            RunUntil(request.Arrival);
            _time.AdvanceTo(request.Arrival);
            var replica = _replicas[_router.Choose(request.Trace, _replicas)];
            var due = replica.NextEvent;
            replica.Submit(request);
            if (replica.NextEvent != due)
                Enqueue(replica);
        }

        RunUntil(TimeSpan.MaxValue);
    }

    public void Dispose() => _meters.Dispose();

    private void RunUntil(TimeSpan end)
    {
        while (_events.TryPeek(out var replica, out var due) && due.Time <= end)
        {
            _events.Dequeue();
            if (replica.NextEvent != due.Time)
                continue;
            _time.AdvanceTo(due.Time);
            replica.Advance();
            Enqueue(replica);
        }
    }

    private void Enqueue(Replica replica)
    {
        if (replica.NextEvent is { } time)
            _events.Enqueue(replica, (time, replica.Index));
    }
}
