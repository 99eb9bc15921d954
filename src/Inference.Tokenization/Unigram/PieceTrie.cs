namespace Inference.Tokenization.Unigram;

/// <summary>Finds all pieces that a text begins with, in one pass over their characters. Read-only once built.</summary>
internal sealed class PieceTrie
{
    private const int Root = 0;

    private readonly Dictionary<long, int> _children = [];
    private readonly List<int> _ids = [-1];

    /// <summary>Adds a piece that is not empty; a later id takes an earlier one's place.</summary>
    public void Add(string piece, int id)
    {
        int node = Root;
        foreach (char c in piece)
        {
            if (!_children.TryGetValue(Key(node, c), out int child))
            {
                child = _ids.Count;
                _ids.Add(-1);
                _children.Add(Key(node, c), child);
            }
            node = child;
        }
        _ids[node] = id;
    }

    /// <summary>Starts a search at the beginning of a piece.</summary>
    public static int Start => Root;

    /// <summary>
    /// Goes on by one UTF-16 unit: false when no piece does. <paramref name="id"/> is the piece's that ends there, or
    /// -1.
    /// </summary>
    public bool TryStep(ref int node, char c, out int id)
    {
        bool found = _children.TryGetValue(Key(node, c), out int child);
        node = child;
        id = found ? _ids[child] : -1;
        return found;
    }

    private static long Key(int node, char c) => (long)node << 16 | c;
}
