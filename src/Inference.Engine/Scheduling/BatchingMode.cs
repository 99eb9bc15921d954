namespace Inference.Engine.Scheduling;

/// <summary>When requests may join those that run.</summary>
public enum BatchingMode
{
    /// <summary>In any step.</summary>
    Rolling,

    /// <summary>Only together: a batch is collected, and runs to its end before the next one starts.</summary>
    Dynamic,
}
