namespace Inference.Grammar.Automata;

/// <summary>Bytes that no edge tells apart are one class.</summary>
internal sealed class ByteClasses
{
    private readonly byte[] _classOf = new byte[256];

    public ByteClasses(IEnumerable<Edge> edges)
    {
        var isFirst = new bool[257];
        foreach (var edge in edges)
        {
            if (edge.Kind != EdgeKind.Bytes)
                continue;
            isFirst[edge.Low] = true;
            isFirst[edge.High + 1] = true;
        }

        for (var value = 1; value < 256; value++)
            _classOf[value] = (byte)(_classOf[value - 1] + (isFirst[value] ? 1 : 0));

        Count = _classOf[255] + 1;
        First = new byte[Count];
        for (var value = 255; value >= 0; value--)
            First[_classOf[value]] = (byte)value;
    }

    public int Count { get; }

    /// <summary>The lowest byte of each class.</summary>
    public byte[] First { get; }

    public int this[byte value] => _classOf[value];

    /// <summary>How many bytes a class has.</summary>
    public int Size(int index) => (index + 1 < Count ? First[index + 1] : 256) - First[index];
}
