using System.Runtime.InteropServices;
using Inference.Engine.Caching;
using Inference.Engine.Execution;

namespace Inference.Engine.Scheduling;

/// <summary>
/// A step from its scheduling until it was applied: the executor sees only <see cref="Plan"/>. Its buffers serve one step after another,
/// so a plan's memory is valid until its step was applied.
/// </summary>
internal sealed class ScheduledStep(int maxTokenCount, int maxScoredTokens)
{
    private readonly List<ScheduledSequence> _entries = [];
    private readonly List<BlockCopy> _copies = [];
    private int[] _tokenIds = [];
    private SequenceStep[] _sequences = [];
    private BlockCopy[] _packedCopies = [];
    private StepPlan? _plan;
    private int _scoredTokens;

    /// <summary>The sequences, in packed order.</summary>
    public ReadOnlySpan<ScheduledSequence> Entries => CollectionsMarshal.AsSpan(_entries);

    /// <summary>Tokens of all sequences.</summary>
    public int TokenCount { get; private set; }

    /// <summary>Tokens that still fit.</summary>
    public int Budget => maxTokenCount - TokenCount;

    /// <summary>Tokens that still fit of a sequence's prompt.</summary>
    public int BudgetFor(Sequence sequence, int budget) => sequence.IsScoring ? Math.Min(budget, maxScoredTokens - _scoredTokens) : budget;

    public StepPlan Plan => _plan ?? throw new InvalidOperationException("The step is not sealed.");

    public void Clear()
    {
        _entries.Clear();
        _copies.Clear();
        _plan = null;
        TokenCount = _scoredTokens = 0;
    }

    public void Add(Sequence sequence, int tokenCount, CacheReservation reservation)
    {
        sequence.Schedule(tokenCount);
        TokenCount += tokenCount;
        _scoredTokens += sequence.IsScoring ? tokenCount : 0;
        _entries.Add(new ScheduledSequence(sequence, reservation));
        if (reservation.Copy is { } copy)
            _copies.Add(copy);
    }

    /// <summary>Adds proposed tokens to a sequence that the step holds, behind its last one.</summary>
    public void Propose(Sequence sequence, ReadOnlySpan<int> tokens)
    {
        sequence.Propose(tokens);
        TokenCount += tokens.Length;
    }

    /// <summary>Packs what was added into the plan.</summary>
    public void Seal(long stepIndex, BlockPool pool)
    {
        if (_tokenIds.Length < TokenCount)
            _tokenIds = new int[Math.Min(maxTokenCount, 2L * TokenCount)];
        if (_sequences.Length < _entries.Count)
            _sequences = new SequenceStep[Math.Max(_entries.Count, 2 * _sequences.Length)];

        int offset = 0, rows = 0;
        var needsLogits = false;
        for (var i = 0; i < _entries.Count; i++)
        {
            var sequence = _entries[i].Sequence;
            var logitsCount = sequence.LogitsCount;
            // A table may hold blocks for later steps already.
            var blocks = pool.BlocksFor(sequence.ComputedLength + sequence.ScheduledLength);
            sequence.ScheduledTokens.CopyTo(_tokenIds.AsSpan(offset));
            _sequences[i] = new SequenceStep(
                sequence.Id,
                sequence.ScheduledLength,
                offset,
                sequence.ComputedLength,
                logitsCount,
                rows,
                sequence.Blocks.Blocks[..blocks],
                sequence.Request.Adapter);
            offset += sequence.ScheduledLength;
            rows += logitsCount;
            needsLogits |= sequence.NeedsLogits;
        }

        _plan = new StepPlan
        {
            StepIndex = stepIndex,
            TokenIds = _tokenIds.AsMemory(0, offset),
            Sequences = _sequences.AsMemory(0, _entries.Count),
            Copies = PackCopies(),
            LogitsRows = rows,
            NeedsLogits = needsLogits,
        };
    }

    private ReadOnlyMemory<BlockCopy> PackCopies()
    {
        if (_packedCopies.Length < _copies.Count)
            _packedCopies = new BlockCopy[2 * _copies.Count];
        _copies.CopyTo(_packedCopies);
        return _packedCopies.AsMemory(0, _copies.Count);
    }
}
