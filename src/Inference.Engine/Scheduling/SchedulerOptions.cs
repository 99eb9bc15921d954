namespace Inference.Engine.Scheduling;

/// <summary>
/// What a scheduler may do. The names in messages are those of the configuration: <c>max_num_seqs</c> and so on, as in vLLM.
/// </summary>
public sealed record SchedulerOptions
{
    /// <summary>The most sequences in one step. At least 1; default 256.</summary>
    public int MaxNumSeqs { get; init; } = 256;

    /// <summary>
    /// The most tokens in one step, decodes first, then prompt chunks: at least <see cref="MaxNumSeqs"/>, so that decodes can never
    /// starve a prompt. The default, 512, is a quarter of vLLM's: on a CPU a step's time grows with its tokens, and each token of every
    /// running request waits for it.
    /// </summary>
    public int MaxNumBatchedTokens { get; init; } = 512;

    /// <summary>
    /// The most requests accepted and not yet scheduled; beyond it submission answers <see cref="SubmitOutcome.QueueFull"/>. At least 1;
    /// default 1024.
    /// </summary>
    public int MaxQueueLength { get; init; } = 1024;

    /// <summary>
    /// Whether prompts take from the cache what others, or they themselves before a preemption, have computed. Default true.
    /// </summary>
    public bool EnablePrefixCaching { get; init; } = true;

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the option and the value.</exception>
    public void Validate()
    {
        if (MaxNumSeqs < 1)
            throw new ArgumentException($"max_num_seqs must be at least 1, not {MaxNumSeqs}.");
        if (MaxQueueLength < 1)
            throw new ArgumentException($"max_queue_length must be at least 1, not {MaxQueueLength}.");
        if (MaxNumBatchedTokens < MaxNumSeqs)
        {
            throw new ArgumentException(
                $"max_num_batched_tokens ({MaxNumBatchedTokens}) must be at least max_num_seqs ({MaxNumSeqs}): "
                + "every running sequence needs one token per step.");
        }
    }
}
