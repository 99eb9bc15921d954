using Inference.Engine.Caching;
using Inference.Engine.Sampling;
using Inference.Engine.Scheduling;

namespace Inference.Engine.Speculation;

/// <summary>
/// Proposes tokens for the sequences of a step, when everything else is in it: only into room that would stay empty, in tokens and in blocks, so that
/// nobody waits or is preempted for it.
/// </summary>
internal sealed class Speculator(SpeculationOptions options, BlockPool pool, EngineMetrics metrics)
{
    /// <summary>Adds proposed tokens to those sequences that get a token in the step and have had one before; not to beams, whose next tokens are not theirs.</summary>
    public void Fill(ScheduledStep step)
    {
        for (var i = 0; i < step.Entries.Length; i++)
        {
            var room = SpeculationPolicy.Room(options, step.TokenCount, step.Budget);
            if (room == 0)
                return;
            var sequence = step.Entries[i].Sequence;
            if (sequence is { IsSampledThisStep: true, GeneratedLength: > 0, Beams: null })
                Propose(step, sequence, SpeculationPolicy.Share(room, step.Entries.Length - i));
        }
    }

    /// <summary>How many of a sequence's proposed tokens were accepted; takes note of it.</summary>
    public int Verify(Sequence sequence, ReadOnlySpan<SampledToken> sampled)
    {
        var proposed = sequence.ProposedTokens;
        if (proposed.IsEmpty || sequence.Speculation is not { } state)
            return 0;

        var accepted = Verification.AcceptedCount(proposed, sampled);
        state.Acceptance = SpeculationPolicy.After(state.Acceptance, proposed.Length, accepted, sequence.GeneratedLength);
        metrics.DraftVerified(proposed.Length, accepted);
        return accepted;
    }

    private void Propose(ScheduledStep step, Sequence sequence, int room)
    {
        var state = sequence.Speculation ??= new SpeculationState(options);
        var remaining = sequence.MaxLength - sequence.TotalLength;
        var length = SpeculationPolicy.Length(options, state.Acceptance, sequence.GeneratedLength, remaining, room);
        if (length == 0)
            return;

        Span<int> tokens = stackalloc int[length];
        if (!state.Index.TryContinue(sequence.Tokens, tokens))
            return;

        var count = Fitting(sequence, LengthBeforeStop(sequence, tokens));
        if (count > 0)
            step.Propose(sequence, tokens[..count]);
    }

    /// <summary>Nothing follows a token that ends the request: it is sampled, and need not be computed.</summary>
    private static int LengthBeforeStop(Sequence sequence, ReadOnlySpan<int> tokens)
    {
        var length = 0;
        while (length < tokens.Length && !sequence.Request.StopTokenIds.Contains(tokens[length]))
            length++;
        return length;
    }

    /// <summary>How many of so many more tokens there are blocks for, which the sequence then has.</summary>
    private int Fitting(Sequence sequence, int count)
    {
        var reach = sequence.ComputedLength + sequence.ScheduledLength;
        return pool.TryReserve(sequence.Blocks, reach, reach + count, out _)
            ? count
            : Math.Min(count, sequence.Blocks.Count * pool.BlockSize - reach);
    }
}
