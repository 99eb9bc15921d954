namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>A tensor of the running node: where its elements are, and its shape. Valid only while the node runs.</summary>
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

    /// <summary>How many dimensions.</summary>
    public int Rank => _shape.Rank;

    /// <summary>Dimension <paramref name="index"/>.</summary>
    public int this[int index] => _shape[index];

    /// <summary>The first element.</summary>
    public T* Data<T>()
        where T : unmanaged => (T*)_data;
}
