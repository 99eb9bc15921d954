namespace Inference.Engine;

/// <summary>Whether the engine took a request. Only an accepted one has a <see cref="RequestStream"/>.</summary>
public enum SubmitOutcome
{
    /// <summary>Taken: it will end in exactly one terminal event.</summary>
    Accepted,

    /// <summary>Too many requests wait already. Worth trying again later (HTTP 429).</summary>
    QueueFull,

    /// <summary>The engine takes no more requests. Worth trying elsewhere (HTTP 503).</summary>
    Draining,
}
