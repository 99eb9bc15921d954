using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>A size in a shape: a number, or the name of one that is known only when the graph runs.</summary>
internal readonly record struct Dimension
{
    private readonly string? _name;
    private readonly long _size;

    private Dimension(string? name, long size)
    {
        _name = name;
        _size = size;
    }

    public static implicit operator Dimension(long size) => new(null, size);

    public static implicit operator Dimension(string name) => new(name, 0);

    public TensorShapeProto.Types.Dimension ToProto() => _name is null ? new() { DimValue = _size } : new() { DimParam = _name };
}
