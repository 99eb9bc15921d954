using System.Collections.Concurrent;
using Inference.Engine.Execution;

namespace Inference.Testing;

/// <summary>
/// A model whose next token is a pure function of the tokens before it, read back through the cache: each step writes token ids into the
/// slots of its blocks, and the logits come from what the block table then shows. A wrong table, a lost block or one used twice gives
/// wrong tokens. Can fail on demand, hold steps at a barrier, and records its plans.
/// </summary>
public sealed class ScriptedExecutor : IModelExecutor
{
    private const int EmptySlot = -1;

    private readonly int[] _slots;
    private readonly NextToken _next;
    private readonly ConcurrentQueue<StepPlan> _plans = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly SemaphoreSlim _entered = new(0);
    private readonly SemaphoreSlim _permits = new(0);
    private volatile bool _isHolding;
    private int _active;
    private float[] _logits = [];

    /// <summary>The script: the token that follows a history.</summary>
    public delegate int NextToken(ReadOnlySpan<int> history);

    /// <param name="limits">Null: vocabulary 97, at most 256 tokens, 64 blocks of 4.</param>
    /// <param name="next">Null: a hash of the history.</param>
    public ScriptedExecutor(ModelLimits? limits = null, NextToken? next = null)
    {
        Limits = limits ?? new ModelLimits(VocabularySize: 97, MaxModelLength: 256, BlockSize: 4, BlockCount: 64);
        _next = next ?? (history => (int)(Hash(history) % (ulong)Limits.VocabularySize));
        _slots = new int[Limits.BlockCount * Limits.BlockSize];
        Array.Fill(_slots, EmptySlot);
    }

    /// <inheritdoc/>
    public ModelLimits Limits { get; }

    /// <summary>Copies of the plans of all steps so far, failed ones included.</summary>
    public IReadOnlyList<StepPlan> Plans => [.. _plans];

    /// <summary>What was wrong with plans: empty unless the engine has a bug.</summary>
    public IReadOnlyList<string> Violations => [.. _violations];

    /// <summary>When set and not null for a plan: the step throws it after spoiling the cache slots in it.</summary>
    public Func<StepPlan, Exception?>? FailWith { get; set; }

    /// <summary>When set: changes a row of logits, given the history it follows, before it is returned.</summary>
    public Action<int[], Memory<float>>? EditLogits { get; set; }

    /// <summary>Whether it was disposed of.</summary>
    public bool IsDisposed { get; private set; }

    /// <summary>The tokens that greedy sampling gives after a prompt, alone.</summary>
    public int[] Continue(ReadOnlySpan<int> prompt, int count)
    {
        var history = prompt.ToArray().ToList();
        for (var i = 0; i < count; i++)
            history.Add(_next(history.ToArray()));
        return [.. history.Skip(prompt.Length)];
    }

    /// <summary>From now on each step waits for <see cref="ReleaseOne"/> or <see cref="Release"/>.</summary>
    public void Hold() => _isHolding = true;

    /// <summary>Waits until a step is held.</summary>
    /// <exception cref="TimeoutException">None was within two minutes.</exception>
    public async Task StepHeldAsync(CancellationToken cancellationToken)
    {
        if (!await _entered.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken))
            throw new TimeoutException("No step was held.");
    }

    /// <summary>Lets the held step, or else the next one, go.</summary>
    public void ReleaseOne() => _permits.Release();

    /// <summary>Lets the held step go and holds no more.</summary>
    public void Release()
    {
        _isHolding = false;
        _permits.Release();
    }

    /// <inheritdoc/>
    public async ValueTask<StepResult> ExecuteAsync(StepPlan plan, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _active) != 1)
            _violations.Enqueue($"Step {plan.StepIndex} overlaps another.");
        try
        {
            _plans.Enqueue(Copy(plan));
            if (_isHolding)
            {
                _entered.Release();
                await _permits.WaitAsync(cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            foreach (var violation in PlanValidator.Violations(plan, Limits))
                _violations.Enqueue(violation);

            var failure = FailWith?.Invoke(plan);
            foreach (var copy in plan.Copies.ToArray())
                Copy(copy, failure is not null);
            foreach (var step in plan.Sequences.ToArray())
                Write(plan, step, failure is not null);
            if (failure is not null)
                throw failure;
            return Compute(plan);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        _entered.Dispose();
        _permits.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Copy(BlockCopy copy, bool spoil)
    {
        var destination = _slots.AsSpan(copy.Destination * Limits.BlockSize, Limits.BlockSize);
        _slots.AsSpan(copy.Source * Limits.BlockSize, Limits.BlockSize).CopyTo(destination);
        if (spoil)
            destination.Fill(EmptySlot);
    }

    private void Write(StepPlan plan, SequenceStep step, bool spoil)
    {
        for (var i = 0; i < step.TokenCount; i++)
            _slots[Slot(step, step.PastLength + i)] = spoil ? EmptySlot : plan.TokenIds.Span[step.PackedOffset + i];
    }

    private FloatStepResult Compute(StepPlan plan)
    {
        var vocabulary = Limits.VocabularySize;
        if (_logits.Length < plan.LogitsRows * vocabulary)
            _logits = new float[plan.LogitsRows * vocabulary];
        var logits = _logits.AsMemory(0, plan.LogitsRows * vocabulary);
        foreach (var step in plan.Sequences.ToArray())
        {
            for (var row = 0; row < step.LogitsCount; row++)
            {
                var history = Read(step, step.PastLength + step.TokenCount - step.LogitsCount + row + 1);
                FillRow(history, logits.Slice((step.LogitsRow + row) * vocabulary, vocabulary));
            }
        }

        return new FloatStepResult(logits, vocabulary);
    }

    private int[] Read(SequenceStep step, int length)
    {
        var history = new int[length];
        for (var i = 0; i < length; i++)
        {
            history[i] = _slots[Slot(step, i)];
            if (history[i] == EmptySlot)
                _violations.Enqueue($"Sequence {step.SequenceId} reads position {i}, which was never written.");
        }

        return history;
    }

    /// <summary>The next token gets 6, all others something in [-4, 4) that depends on the history too.</summary>
    private void FillRow(int[] history, Memory<float> row)
    {
        var hash = Hash(history);
        var span = row.Span;
        for (var i = 0; i < span.Length; i++)
            span[i] = (float)(Mix(hash + (ulong)i) >> 40) / (1 << 24) * 8 - 4;
        span[_next(history)] = 6;
        EditLogits?.Invoke(history, row);
    }

    private int Slot(SequenceStep step, int position) =>
        step.BlockTable.Span[position / Limits.BlockSize] * Limits.BlockSize + position % Limits.BlockSize;

    /// <summary>The engine reuses a plan's buffers.</summary>
    private static StepPlan Copy(StepPlan plan) => plan with
    {
        TokenIds = plan.TokenIds.ToArray(),
        Copies = plan.Copies.ToArray(),
        Sequences = plan.Sequences.ToArray().Select(step => step with { BlockTable = step.BlockTable.ToArray() }).ToArray(),
    };

    private static ulong Hash(ReadOnlySpan<int> tokens)
    {
        var hash = 0x9E3779B97F4A7C15UL;
        foreach (var token in tokens)
            hash = Mix(hash ^ (uint)token);
        return hash;
    }

    private static ulong Mix(ulong z)
    {
        z = (z + 0x9E3779B97F4A7C15UL) * 0xBF58476D1CE4E5B9UL;
        return z ^ (z >> 29);
    }
}
