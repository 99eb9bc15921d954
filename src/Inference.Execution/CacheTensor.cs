using Inference.Models;
using Inference.Models.Conversion;
using Inference.Models.Graphs;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution;

/// <summary>One of the graph's cache inputs: what <see cref="GraphContract"/> says of its type and shape, as data.</summary>
/// <param name="Name">Of the graph's input.</param>
/// <param name="ElementType">Float, Int8 or UInt8.</param>
/// <param name="PerToken">The sizes of a block but for its number of tokens; -1 where that stands.</param>
internal sealed record CacheTensor(string Name, TensorElementType ElementType, long[] PerToken)
{
    private const long BlockSize = -1;

    /// <summary>All of a model's.</summary>
    public static IEnumerable<CacheTensor> Of(ModelShape model, KvCacheDType dtype) =>
        Enumerable.Range(0, model.LayerCount).SelectMany(layer => OfLayer(model, dtype, layer));

    /// <summary>[blocks, kv heads, ...].</summary>
    public long[] Shape(int blockCount, int blockSize) => [blockCount, .. PerToken.Select(size => size == BlockSize ? blockSize : size)];

    /// <summary>Bytes of one block.</summary>
    public long BytesPerBlock(int blockSize) =>
        Shape(1, blockSize).Aggregate(ElementType == TensorElementType.Float ? (long)sizeof(float) : sizeof(byte), (bytes, size) => checked(bytes * size));

    private static CacheTensor[] OfLayer(ModelShape model, KvCacheDType dtype, int layer)
    {
        long kvHeads = model.KvHeadCount, headSize = model.HeadSize;
        return dtype == KvCacheDType.Int8
            ?
            [
                new(GraphContract.KeyCache(layer), TensorElementType.UInt8, [kvHeads, headSize / 4, BlockSize, 4]),
                new(GraphContract.ValueCache(layer), TensorElementType.Int8, [kvHeads, BlockSize, headSize]),
                new(GraphContract.KeyScaleCache(layer), TensorElementType.Float, [kvHeads, BlockSize]),
                new(GraphContract.ValueScaleCache(layer), TensorElementType.Float, [kvHeads, BlockSize]),
            ]
            :
            [
                new(GraphContract.KeyCache(layer), TensorElementType.Float, [kvHeads, headSize, BlockSize]),
                new(GraphContract.ValueCache(layer), TensorElementType.Float, [kvHeads, BlockSize, headSize]),
            ];
    }
}
