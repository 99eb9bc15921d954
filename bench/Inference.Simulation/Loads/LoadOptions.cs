namespace Inference.Simulation.Loads;

/// <summary>What is made of a trace.</summary>
internal sealed record LoadOptions
{
    /// <summary>How many times the trace's load: as many copies, each begun at another point of it, with prompts of its own.</summary>
    public int Copies { get; init; } = 1;

    /// <summary>How many times as fast as the trace requests arrive. More than 0.</summary>
    public double Speed { get; init; } = 1;

    /// <summary>Requests that arrive later in the trace are left out; null: none.</summary>
    public TimeSpan? Until { get; init; }

    /// <summary>The share of the requests that are urgent. In [0, 1].</summary>
    public double UrgentShare { get; init; }
}
