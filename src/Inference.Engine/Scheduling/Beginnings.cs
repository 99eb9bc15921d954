using Inference.Engine.Caching;

namespace Inference.Engine.Scheduling;

/// <summary>Finds what is in the cache already of sequences that hold no blocks, and gives it to them. Owned by the engine loop.</summary>
/// <param name="pool">The cache's blocks.</param>
/// <param name="prefixes">Null: only siblings share.</param>
internal sealed class Beginnings(BlockPool pool, PrefixCache? prefixes)
{
    /// <summary>The most of a sequence that the prefix cache or a sibling has, or is about to have. Valid until the next call.</summary>
    /// <param name="sequence">One without blocks.</param>
    /// <param name="siblings">Others of its request, with blocks.</param>
    public Beginning Find(Sequence sequence, IEnumerable<Sequence> siblings)
    {
        var match = prefixes?.Match(sequence.Prefix, sequence.MatchableTokens) ?? default;
        var fork = ForkPoint.Of(sequence, siblings);
        if (fork.Promised <= match.Length)
            return new Beginning(match, null, IsPromised: false);
        return new Beginning(new PrefixMatch(fork.Length / pool.BlockSize, 0, fork.Length), fork.Source, !fork.IsReady);
    }

    /// <summary>Gives a sequence the blocks of what it begins with.</summary>
    public void Take(Sequence sequence, in Beginning beginning)
    {
        var (match, source, _) = beginning;
        if (source is not null)
            pool.Fork(sequence.Blocks, source.Blocks, match.Length);
        else
            prefixes?.Take(sequence.Blocks);
        sequence.Admit(match.Length, Math.Min(match.Blocks, source?.KnownBlocks ?? int.MaxValue));
    }
}
