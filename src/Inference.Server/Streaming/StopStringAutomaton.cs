using System.Collections.Immutable;

namespace Inference.Server.Streaming;

/// <summary>The immutable half of <see cref="StopStringMatcher"/>: a trie of the stop strings with failure links. State 0 is the root.</summary>
internal sealed class StopStringAutomaton
{
    private readonly Dictionary<(int State, char Symbol), int> _children = [];
    private readonly List<Node> _nodes = [new Node(0)];

    /// <summary>Takes time and memory in proportion to the stop strings' length.</summary>
    public StopStringAutomaton(ImmutableArray<string> stops)
    {
        for (var index = 0; index < stops.Length; index++)
        {
            Insert(stops[index], index);
        }

        LinkFailures();
    }

    /// <summary>The state after <paramref name="symbol"/>.</summary>
    public int Next(int state, char symbol)
    {
        int next;
        while (!_children.TryGetValue((state, symbol), out next) && state != 0)
        {
            state = _nodes[state].Failure;
        }

        return next;
    }

    /// <summary>How many of the last characters begin a stop string.</summary>
    public int Depth(int state) => _nodes[state].Depth;

    /// <summary>The lowest index of the stop strings that end here, or null.</summary>
    public int? StopAt(int state) => _nodes[state].Stop;

    private void Insert(string stop, int index)
    {
        var state = 0;
        foreach (var symbol in stop)
        {
            if (!_children.TryGetValue((state, symbol), out var next))
            {
                next = _nodes.Count;
                _nodes.Add(new Node(_nodes[state].Depth + 1) { Parent = state, Symbol = symbol });
                _children.Add((state, symbol), next);
            }

            state = next;
        }

        _nodes[state].Stop ??= index;
    }

    // Shallow nodes first: a node's failure link leads to a shallower node.
    private void LinkFailures()
    {
        foreach (var node in _nodes.Skip(1).OrderBy(node => node.Depth))
        {
            node.Failure = node.Depth == 1 ? 0 : Next(_nodes[node.Parent].Failure, node.Symbol);
            if (_nodes[node.Failure].Stop is { } shorter && !(node.Stop < shorter))
            {
                node.Stop = shorter;
            }
        }
    }

    private sealed class Node(int depth)
    {
        public int Depth { get; } = depth;

        public int Parent { get; init; }

        public char Symbol { get; init; }

        public int Failure { get; set; }

        public int? Stop { get; set; }
    }
}
