using Inference.Engine.Speculation;

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
    /// starve a prompt. The default, 256, is an eighth of vLLM's: on a CPU a step's time grows with its tokens, and each token of every
    /// running request waits for it.
    /// </summary>
    public int MaxNumBatchedTokens { get; init; } = 256;

    /// <summary>
    /// The most requests accepted and not yet scheduled; beyond it submission answers <see cref="SubmitOutcome.QueueFull"/>. At least 1;
    /// default 1024.
    /// </summary>
    public int MaxQueueLength { get; init; } = 1024;

    /// <summary>
    /// Whether prompts take from the cache what others, or they themselves before a preemption, have computed. Default true.
    /// </summary>
    public bool EnablePrefixCaching { get; init; } = true;

    /// <summary>
    /// Which model, and with which adapter, the cache is of: part of every block's hash, so that hashes of different models never look alike.
    /// One engine serves one model, and looks blocks up in its own cache alone. Default: empty.
    /// </summary>
    public string CacheIdentity { get; init; } = "";

    /// <summary>Who is next. Default: in order of arrival.</summary>
    public QueuePolicy Policy { get; init; } = QueuePolicy.Fcfs;

    /// <summary>When requests may join. Default: in any step.</summary>
    public BatchingMode Batching { get; init; } = BatchingMode.Rolling;

    /// <summary>When sequences get their blocks. Default: as they grow.</summary>
    public CacheAllocation Allocation { get; init; } = CacheAllocation.Paged;

    /// <summary>How prompts and decodes share steps. Default: chunks of prompts beside all decodes.</summary>
    public PrefillMode Prefill { get; init; } = PrefillMode.Chunked;

    /// <summary>The most requests of a dynamic batch. At least 1; default 4.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>How long a dynamic batch waits to be full. Default 100 ms.</summary>
    public TimeSpan MaxBatchDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The waiting that one level of priority is worth. More than 0; default 10 s.</summary>
    public TimeSpan PriorityAgeing { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What counts as the deadline of a request without one, from its arrival. Default 60 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The most prompt tokens of requests that wait; beyond it submission answers <see cref="SubmitOutcome.QueueFull"/>. A longer request is
    /// taken when nobody else waits. At least 1; default: no limit.
    /// </summary>
    public long MaxQueuedTokens { get; init; } = long.MaxValue;

    /// <summary>
    /// How much of the growth to be expected of running sequences must have room before another one joins. 0 looks only at the next
    /// step, and preempts more often; 1 expects answers of the usual length. Default 1.
    /// </summary>
    public double Conservativeness { get; init; } = 1;

    /// <summary>
    /// The most tokens of prompts whose log-probabilities are asked for in one step: each costs a row of logits, where other prompts need one
    /// row for all. At least 1; default 128.
    /// </summary>
    public int MaxScoredTokens { get; init; } = 128;

    /// <summary>How tokens are proposed and verified ahead of time; null, the default: they are not.</summary>
    public SpeculationOptions? Speculation { get; init; }

    /// <summary>How many of the latest steps to remember in detail. At least 0; default 0: that costs a little in each step.</summary>
    public int JournalLength { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">A value is out of range; the message names the option and the value.</exception>
    public void Validate()
    {
        if (MaxNumSeqs < 1)
            throw new ArgumentException($"max_num_seqs must be at least 1, not {MaxNumSeqs}.");
        if (MaxQueueLength < 1)
            throw new ArgumentException($"max_queue_length must be at least 1, not {MaxQueueLength}.");
        if (MaxQueuedTokens < 1)
            throw new ArgumentException($"max_queued_tokens must be at least 1, not {MaxQueuedTokens}.");
        if (BatchSize < 1)
            throw new ArgumentException($"batch_size must be at least 1, not {BatchSize}.");
        if (MaxBatchDelay < TimeSpan.Zero)
            throw new ArgumentException($"max_batch_delay must not be negative, as {MaxBatchDelay} is.");
        if (PriorityAgeing <= TimeSpan.Zero)
            throw new ArgumentException($"priority_ageing must be more than 0, not {PriorityAgeing}.");
        if (!(Conservativeness >= 0 && double.IsFinite(Conservativeness)))
            throw new ArgumentException($"schedule_conservativeness must be at least 0, not {Conservativeness}.");
        if (MaxScoredTokens < 1)
            throw new ArgumentException($"max_scored_tokens must be at least 1, not {MaxScoredTokens}.");
        Speculation?.Validate();
        if (JournalLength < 0)
            throw new ArgumentException($"journal_length must be at least 0, not {JournalLength}.");
        if (MaxNumBatchedTokens < MaxNumSeqs)
        {
            throw new ArgumentException(
                $"max_num_batched_tokens ({MaxNumBatchedTokens}) must be at least max_num_seqs ({MaxNumSeqs}): "
                + "every running sequence needs one token per step.");
        }
    }
}
