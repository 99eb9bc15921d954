namespace Inference.Engine.Scheduling;

/// <summary>Who is next. It decides who joins first and, from the other end, who gives way when blocks run out.</summary>
public enum QueuePolicy
{
    /// <summary>In order of arrival.</summary>
    Fcfs,

    /// <summary>
    /// By <see cref="Requests.InferenceRequest.Priority"/>, and each level is worth <see cref="SchedulerOptions.PriorityAgeing"/> of waiting:
    /// nobody can be overtaken for ever.
    /// </summary>
    Priority,

    /// <summary>The client that was served the fewest tokens for its weight comes first; a client's own requests in order of arrival.</summary>
    Fair,

    /// <summary>
    /// The earliest deadline first; a request without one counts as if it had <see cref="SchedulerOptions.Patience"/> from its arrival.
    /// </summary>
    Deadline,
}
