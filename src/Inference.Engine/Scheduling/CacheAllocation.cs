namespace Inference.Engine.Scheduling;

/// <summary>When a sequence gets its cache blocks.</summary>
public enum CacheAllocation
{
    /// <summary>As it grows. When none are left, somebody is preempted.</summary>
    Paged,

    /// <summary>All that it may ever need, prompt and max_tokens, when it joins. Nobody is ever preempted, and most of it stays unused.</summary>
    Contiguous,
}
