using Inference.OnnxRuntime.Native;

namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>A tensor of the running node: where its elements are, and its shape. Valid only while the node runs; a constant one, while its kernel is made.</summary>
/// <remarks>Writing through an input is how an operator updates a cache in place; the element type is the one that the operator declared.</remarks>
public readonly unsafe ref struct KernelTensor
{
    private readonly void* _data;
    private readonly TensorShape _shape;

    internal KernelTensor(void* data, TensorShape shape)
    {
        _data = data;
        _shape = shape;
    }

    /// <summary>Looks at a value of ONNX Runtime's that holds a tensor.</summary>
    internal static KernelTensor Of(nint value)
    {
        void* data;
        NativeApi.Check(NativeApi.GetTensorMutableData(value, &data));
        return new KernelTensor(data, ShapeOf(value));
    }

    /// <summary>How many dimensions.</summary>
    public int Rank => _shape.Rank;

    /// <summary>Dimension <paramref name="index"/>.</summary>
    public int this[int index] => _shape[index];

    /// <summary>The first element.</summary>
    public T* Data<T>()
        where T : unmanaged => (T*)_data;

    private static TensorShape ShapeOf(nint value)
    {
        int elementType;
        long* sizes;
        nuint rank;
        NativeApi.Check(NativeApi.GetTensorShape(value, &elementType, &sizes, &rank));
        if (rank > TensorShape.MaxRank)
        {
            throw new OrtStatusException($"A tensor of rank {rank} is beyond the supported {TensorShape.MaxRank}.");
        }

        var shape = new TensorShape { Rank = (int)rank };
        new ReadOnlySpan<long>(sizes, (int)rank).CopyTo(shape.Storage);
        return shape;
    }
}
