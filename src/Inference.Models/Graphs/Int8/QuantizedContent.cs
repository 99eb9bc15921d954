using System.Buffers;
using System.Collections.Immutable;
using Inference.Models.Quantization;
using Inference.Models.Rotation;

namespace Inference.Models.Graphs.Int8;

/// <summary>The numbers of a <see cref="QuantizedMatrix"/>, computed in blocks of outputs.</summary>
internal sealed class QuantizedContent
{
    /// <summary>Outputs computed together, unless the rotation wants more: a cache line of a transposed row.</summary>
    private const int LeastBlock = 64;

    private readonly RotatedWeights _weights;
    private readonly int _inputs;
    private readonly bool _transposed;
    private readonly ImmutableArray<Block> _blocks;
    private readonly SharedWork _work;

    public QuantizedContent(RotatedWeights weights, ImmutableArray<WeightPart> parts, int inputs, bool transposed)
    {
        _weights = weights;
        _inputs = inputs;
        _transposed = transposed;
        _blocks = Divide(weights, parts);
        _work = new SharedWork(_blocks.Length, item => Compute(_blocks[item]));
        var outputs = checked((int)parts.Sum(part => part.Size));
        var (rowCount, rowLength) = transposed ? (inputs, outputs) : (outputs, inputs);
        Rows = new sbyte[rowCount][];
        for (var i = 0; i < rowCount; i++)
        {
            Rows[i] = GC.AllocateUninitializedArray<sbyte>(rowLength);
        }

        Scales = new float[outputs];
    }

    /// <summary>The matrix as it is stored; a large one would not fit into one array.</summary>
    public sbyte[][] Rows { get; }

    /// <summary>One for each output.</summary>
    public float[] Scales { get; }

    /// <summary>Computes what is still missing, together with the other threads that are here.</summary>
    /// <exception cref="ModelFormatException">A weight cannot be read, or is not finite.</exception>
    public void Complete(CancellationToken cancellationToken) => _work.Complete(cancellationToken);

    private static ImmutableArray<Block> Divide(RotatedWeights weights, ImmutableArray<WeightPart> parts)
    {
        var blocks = ImmutableArray.CreateBuilder<Block>();
        var output = 0;
        foreach (var part in parts)
        {
            var most = Math.Max(weights.RowBlock(part.Name), LeastBlock);
            for (var row = 0; row < part.Size; row += most)
            {
                var count = (int)Math.Min(most, part.Size - row);
                blocks.Add(new Block(part.Name, row, count, output));
                output += count;
            }
        }

        return blocks.DrainToImmutable();
    }

    private void Compute(Block block)
    {
        var length = checked(block.RowCount * _inputs);
        var weights = ArrayPool<float>.Shared.Rent(length);
        var quantized = ArrayPool<sbyte>.Shared.Rent(length);
        try
        {
            _weights.ReadRows(block.Name, block.FirstRow, weights.AsSpan(0, length));
            for (var row = 0; row < block.RowCount; row++)
            {
                var range = new Range(row * _inputs, (row + 1) * _inputs);
                var scale = SymmetricInt8.Quantize(weights.AsSpan(range), quantized.AsSpan(range));
                Scales[block.FirstOutput + row] = float.IsNaN(scale) ? throw NotFinite(block) : scale;
            }

            Store(block, quantized);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(weights);
            ArrayPool<sbyte>.Shared.Return(quantized);
        }
    }

    private void Store(Block block, ReadOnlySpan<sbyte> quantized)
    {
        if (!_transposed)
        {
            for (var row = 0; row < block.RowCount; row++)
            {
                quantized.Slice(row * _inputs, _inputs).CopyTo(Rows[block.FirstOutput + row]);
            }

            return;
        }

        for (var input = 0; input < _inputs; input++)
        {
            var outputs = Rows[input].AsSpan(block.FirstOutput, block.RowCount);
            for (var row = 0; row < outputs.Length; row++)
            {
                outputs[row] = quantized[(row * _inputs) + input];
            }
        }
    }

    private static ModelFormatException NotFinite(Block block) => new(
        $"tensor '{block.Name}', rows {block.FirstRow} to {block.FirstRow + block.RowCount - 1}, or the norm before it holds a value "
            + "that is not finite");

    /// <summary>Rows of a weight, and the output that the first of them is.</summary>
    private readonly record struct Block(string Name, int FirstRow, int RowCount, int FirstOutput);
}
