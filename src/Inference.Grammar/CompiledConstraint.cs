using Inference.Grammar.Automata;
using Inference.Grammar.Matching;
using Inference.Grammar.Vocabulary;

namespace Inference.Grammar;

/// <summary>
/// A constraint compiled for a vocabulary: what all answers under it share. Thread-safe; what it learns about its tokens while answers are
/// generated is kept for the next ones, within a bound.
/// </summary>
public sealed class CompiledConstraint
{
    /// <summary>The memory for masks, in bytes.</summary>
    private const int MaxMaskSize = 8 << 20;

    private readonly ConfigurationGraph _graph;
    private readonly MaskBuilder _masks;
    private int _maskSize;

    internal CompiledConstraint(Automaton automaton, TokenVocabulary vocabulary, int maxDepth)
    {
        Vocabulary = vocabulary;
        _graph = new ConfigurationGraph(automaton, maxDepth);
        _masks = new MaskBuilder(_graph, vocabulary);
        StateCount = automaton.StateCount;
    }

    /// <summary>The vocabulary that it was compiled for.</summary>
    public TokenVocabulary Vocabulary { get; }

    /// <summary>The states of its automaton.</summary>
    public int StateCount { get; }

    internal Configuration Start => _graph.Start;

    /// <summary>The state of an answer that has not begun.</summary>
    public ConstraintState CreateState() => new(this, _graph.Start, hasEnded: false);

    /// <summary>After more bytes; null if nothing begins so.</summary>
    internal Configuration? After(Configuration from, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            from = _graph.Next(from, value);
            if (ReferenceEquals(from, _graph.Dead))
                return null;
        }

        return from;
    }

    /// <summary>The tokens that can follow, but for those that end the answer.</summary>
    internal TokenMask MaskOf(Configuration configuration)
    {
        if (configuration.Mask is { } known)
            return known;
        var mask = _masks.Build(configuration);
        if (Interlocked.Add(ref _maskSize, mask.Size) > MaxMaskSize)
        {
            _maskSize = 0;
            _graph.Forget();
        }

        return configuration.Mask = mask;
    }

    /// <summary>The one byte that can follow; null if there are several, or the answer may end.</summary>
    internal byte? ForcedByte(Configuration from)
    {
        if (from.IsComplete)
            return null;
        byte? forced = null;
        for (var index = 0; index < _graph.Classes.Count; index++)
        {
            if (ReferenceEquals(_graph.NextOfClass(from, index), _graph.Dead))
                continue;
            if (forced is not null || _graph.Classes.Size(index) > 1)
                return null;
            forced = _graph.Classes.First[index];
        }

        return forced;
    }
}
