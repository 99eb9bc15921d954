namespace Inference.Engine.Scheduling;

/// <summary>When things happened to a sequence, as timestamps of the engine's <see cref="TimeProvider"/>; null: not yet.</summary>
internal struct SequenceTimings
{
    public required long Arrival { get; init; }

    public long? FirstScheduled { get; set; }

    public long? FirstToken { get; set; }

    public long? LastToken { get; set; }
}
