namespace Inference.Grammar.Vocabulary;

/// <summary>
/// The tokens of a vocabulary by their bytes, as an array in depth-first order: whoever walks it reads memory forwards, and skips what is
/// below a node with one jump. Immutable.
/// </summary>
internal sealed class TokenTrie
{
    private readonly TrieNode[] _nodes;
    private readonly int[] _tokens;

    /// <param name="tokens">The bytes of each id; empty ones are left out.</param>
    public TokenTrie(IReadOnlyList<byte[]> tokens)
    {
        _tokens = [.. Enumerable.Range(0, tokens.Count).Where(id => tokens[id].Length > 0)];
        Array.Sort(_tokens, (a, b) => tokens[a].AsSpan().SequenceCompareTo(tokens[b]) is var order and not 0 ? order : a.CompareTo(b));
        var builder = new Builder();
        foreach (var id in _tokens)
            builder.Add(tokens[id]);
        _nodes = builder.Finish();
        MaxDepth = _tokens.Length == 0 ? 0 : _tokens.Max(id => tokens[id].Length);
    }

    /// <summary>Depth first, without the root; one more at the end that only says where the tokens end.</summary>
    public ReadOnlySpan<TrieNode> Nodes => _nodes;

    /// <summary>The bytes of the longest token.</summary>
    public int MaxDepth { get; }

    /// <summary>The ids of the tokens that end at a node.</summary>
    public ReadOnlySpan<int> TokensAt(int node) => _tokens.AsSpan(_nodes[node].FirstToken.._nodes[node + 1].FirstToken);

    /// <summary>Takes tokens in order of their bytes.</summary>
    private sealed class Builder
    {
        private readonly List<TrieNode> _nodes = [];
        private readonly List<int> _path = [];
        private byte[] _last = [];
        private int _count;

        public void Add(byte[] token)
        {
            var common = token.AsSpan().CommonPrefixLength(_last);
            Close(common);
            for (var i = common; i < token.Length; i++)
            {
                _path.Add(_nodes.Count);
                // A node's tokens come before those below it: when a node is made on the way to a token, none is its own so far.
                _nodes.Add(new TrieNode(0, _count, (ushort)(i + 1), token[i], 0));
            }

            var level = PlainText.LevelOf(token);
            foreach (var node in _path)
                _nodes[node] = _nodes[node] with { Level = Math.Max(_nodes[node].Level, level) };
            _count++;
            _last = token;
        }

        public TrieNode[] Finish()
        {
            Close(0);
            _nodes.Add(new TrieNode(_nodes.Count + 1, _count, 0, 0, 0));
            return [.. _nodes];
        }

        private void Close(int depth)
        {
            foreach (var node in _path.Skip(depth))
                _nodes[node] = _nodes[node] with { End = _nodes.Count };
            _path.RemoveRange(depth, _path.Count - depth);
        }
    }
}
