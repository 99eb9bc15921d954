using Inference.Grammar.Vocabulary;

namespace Inference.Grammar.Matching;

/// <summary>Finds the tokens that can follow a configuration: a walk of the vocabulary's trie, without what is known beforehand.</summary>
internal sealed class MaskBuilder(ConfigurationGraph graph, TokenVocabulary vocabulary)
{
    /// <summary>Looking for how many plain characters may follow stops at this many configurations.</summary>
    private const int MaxPlainConfigurations = 64;

    private readonly PlainWays _plainWays = new(graph.Automaton, vocabulary.Alphabet);

    public TokenMask Build(Configuration from)
    {
        var bits = new uint[vocabulary.MaskLength];
        var level = PlainLevel(from);
        vocabulary.Plain(level).CopyTo(bits);
        Walk(from, level, bits);
        return new TokenMask(bits);
    }

    private void Walk(Configuration from, byte knownLevel, uint[] bits)
    {
        var trie = vocabulary.Trie;
        var nodes = trie.Nodes;
        var path = new Configuration[trie.MaxDepth + 1];
        path[0] = from;
        for (var i = 0; i < nodes.Length - 1;)
        {
            ref readonly var node = ref nodes[i];
            var next = node.Level <= knownLevel ? graph.Dead : graph.Next(path[node.Depth - 1], node.Value);
            if (ReferenceEquals(next, graph.Dead))
            {
                i = node.End;
                continue;
            }

            path[node.Depth] = next;
            foreach (var token in trie.TokensAt(i))
                bits[token >> 5] |= 1u << token;
            i++;
        }
    }

    /// <summary>The highest level of plain tokens that may all follow.</summary>
    private byte PlainLevel(Configuration from)
    {
        var seen = new HashSet<Configuration> { from };
        var current = new List<Configuration> { from };
        for (var length = 0; length < PlainText.LongestLimited && seen.Count <= MaxPlainConfigurations; length++)
        {
            var next = new List<Configuration>();
            foreach (var configuration in current)
            {
                var successors = configuration.PlainSuccessors ??= PlainSuccessors(configuration);
                if (successors.Length == 0)
                    return PlainText.LevelWithin(length);
                foreach (var successor in successors)
                {
                    if (seen.Add(successor))
                        next.Add(successor);
                }
            }

            if (next.Count == 0)
                return PlainText.AnyLevel;
            current = next;
        }

        return seen.Count <= MaxPlainConfigurations ? PlainText.LevelWithin(PlainText.LongestLimited) : (byte)0;
    }

    /// <summary>
    /// Configurations of which one follows on each plain character, or what does is more: a way that is open to one of several readings is
    /// open.
    /// </summary>
    private Configuration[] PlainSuccessors(Configuration from)
    {
        for (var i = 0; i < from.States.Length; i++)
        {
            if (_plainWays.Target(from.States[i]) is { } target && graph.At(target, from.Stacks[i]) is var next && !ReferenceEquals(next, graph.Dead))
                return [next];
        }

        var found = new HashSet<Configuration>();
        foreach (var spelling in PlainText.Spellings)
        {
            HashSet<Configuration> current = [from];
            foreach (var (low, high) in spelling)
            {
                if (!TryAdvance(current, low, high, out current))
                    return [];
                // No token has any of these bytes.
                if (current.Count == 0)
                    break;
            }

            found.UnionWith(current);
        }

        return [.. found];
    }

    private bool TryAdvance(HashSet<Configuration> from, byte low, byte high, out HashSet<Configuration> to)
    {
        to = [];
        foreach (var configuration in from)
        {
            var last = -1;
            for (int value = low; value <= high; value++)
            {
                var index = graph.Classes[(byte)value];
                if (index == last || !vocabulary.Alphabet[value])
                    continue;
                last = index;
                var next = graph.NextOfClass(configuration, index);
                if (ReferenceEquals(next, graph.Dead))
                    return false;
                to.Add(next);
            }
        }

        return true;
    }
}
