namespace Inference.Simulation.Replicas;

/// <summary>The one clock of a simulation: it stands where the latest event was.</summary>
internal sealed class VirtualTime : TimeProvider
{
    /// <summary>Since the beginning.</summary>
    public TimeSpan Now { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Now.Ticks;

    public void AdvanceTo(TimeSpan time)
    {
        if (time < Now)
            throw new InvalidOperationException($"Time cannot go back from {Now} to {time}.");
        Now = time;
    }
}
