using System.Diagnostics.Metrics;

namespace Inference.Testing;

/// <summary>Meters that belong to one test: a listener tells them by their <see cref="Meter.Scope"/>.</summary>
public sealed class TestMeterFactory : IMeterFactory
{
    private readonly List<Meter> _meters = [];

    /// <inheritdoc/>
    public Meter Create(MeterOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Scope = this;
        var meter = new Meter(options);
        _meters.Add(meter);
        return meter;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var meter in _meters)
            meter.Dispose();
    }
}
