using System.Text;
using System.Text.Unicode;
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

    /// <summary>An end, a depth, and some two edges.</summary>
    private const int BytesPerState = 64;

    /// <summary>Longer texts are forced part by part, in bytes.</summary>
    private const int MaxForcedText = 256;

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

    /// <summary>Its memory in bytes, roughly: of its automaton, and of what has been learnt about it so far.</summary>
    internal long Size => (long)StateCount * BytesPerState + _graph.Size + Volatile.Read(ref _maskSize);

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

    /// <summary>The token that must come next; -1: there is no such one.</summary>
    internal int ForcedToken(Configuration from) => from.ForcedToken ??= from.IsComplete ? -1 : MaskOf(from).Single ?? FirstOfForcedText(from);

    /// <summary>The bytes that must come next, as far as a limit.</summary>
    internal byte[] ForcedBytes(Configuration from, int limit)
    {
        var bytes = new List<byte>();
        while (bytes.Count < limit && ForcedByte(from) is { } value)
        {
            bytes.Add(value);
            from = _graph.Next(from, value);
        }

        return [.. bytes];
    }

    /// <summary>
    /// The first token of how the tokenizer spells the text that must come next. Not of its last token: that may become a longer one with what
    /// follows.
    /// </summary>
    private int FirstOfForcedText(Configuration from)
    {
        if (Vocabulary.Encode is not { } encode || ForcedBytes(from, MaxForcedText) is not { Length: > 1 } bytes || !Utf8.IsValid(bytes))
            return -1;
        var tokens = encode(Encoding.UTF8.GetString(bytes));
        return tokens.Length > 1 && Vocabulary.Bytes(tokens[0]) is { IsEmpty: false } first && bytes.AsSpan().StartsWith(first) ? tokens[0] : -1;
    }

    /// <summary>The one byte that can follow; null if there are several, or the answer may end.</summary>
    private byte? ForcedByte(Configuration from)
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
