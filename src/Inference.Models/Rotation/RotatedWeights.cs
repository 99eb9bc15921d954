using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Inference.Models.Rotation;

/// <summary>
/// The weights of a decoder that computes what the original does, with activations that are free of outliers and so lose little in 8 bits
/// (QuaRot, Ashkboos et al. 2024, section 4, stages 1a and 1b). With R, H and F the block-diagonal Hadamard matrices of
/// <see cref="RotationBlocks"/>, all symmetric and their own inverses, and g the norm before a projection:
/// (1) the residual stream x becomes R x: embedding E R; into the stream R Wo and R Wd; out of it W diag(g) R, since R leaves the norm's
/// divisor as it is once g is folded away; (2) each value head v becomes H v, undone in the columns of Wo; (3) the down projection's input
/// z is to be rotated by its producer, F z, undone in the columns of Wd. A bias is rotated as the rows of its matrix are. The norms'
/// weights become ones, and a tied head a matrix of its own.
/// </summary>
internal sealed class RotatedWeights : WeightSource
{
    private readonly WeightSource _source;
    private readonly Dictionary<string, MatrixRotation> _matrices;
    private readonly Dictionary<string, int> _biasBlocks;

    /// <param name="spec">What the original decoder computes.</param>
    /// <param name="source">The original weights, which the caller disposes of.</param>
    public RotatedWeights(DecoderSpec spec, WeightSource source)
    {
        _source = source;
        Blocks = RotationBlocks.Of(spec);
        _matrices = Rotations(spec, Blocks);
        _biasBlocks = _matrices.ToDictionary(matrix => WeightNames.BiasOf(matrix.Key), matrix => matrix.Value.OutputBlock);
    }

    public RotationBlocks Blocks { get; }

    public override IEnumerable<string> Names => _source.Names.Union(_matrices.Keys);

    /// <summary>What becomes of each matrix of a decoder, by its name.</summary>
    public static IReadOnlyDictionary<string, MatrixRotation> RotationsOf(DecoderSpec spec) => Rotations(spec, RotationBlocks.Of(spec));

    /// <summary>How many rows of a weight are computed together.</summary>
    public int RowBlock(string name) => _matrices.TryGetValue(name, out var rotation) ? rotation.OutputBlock : 1;

    /// <summary>
    /// The size of the blocks by which the inputs of a matrix are to be rotated when the graph runs; 1 where the matrices that they come
    /// from have seen to it.
    /// </summary>
    public int OnlineBlock(string name) => _matrices.TryGetValue(name, out var rotation) && rotation.IsOnline ? rotation.InputBlock : 1;

    public override bool TryGetShape(string name, out ImmutableArray<long> shape) =>
        _source.TryGetShape(_matrices.TryGetValue(name, out var rotation) ? rotation.Source : name, out shape);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The rows are not whole blocks of <see cref="RowBlock"/>.</exception>
    public override void ReadRows(string name, long firstRow, Span<float> destination)
    {
        if (_matrices.TryGetValue(name, out var rotation))
        {
            ReadRotated(rotation, firstRow, destination);
        }
        else if (_biasBlocks.TryGetValue(name, out var block))
        {
            _source.ReadRows(name, firstRow, destination);
            Hadamard.Transform(destination, block);
        }
        else if (_matrices.Values.Any(matrix => matrix.Norm == name))
        {
            destination.Fill(1);
        }
        else
        {
            _source.ReadRows(name, firstRow, destination);
        }
    }

    private static Dictionary<string, MatrixRotation> Rotations(DecoderSpec spec, RotationBlocks blocks)
    {
        var head = spec.TieWordEmbeddings ? WeightNames.Embedding : WeightNames.Head;
        var rotations = new Dictionary<string, MatrixRotation>
        {
            [WeightNames.Embedding] = new(WeightNames.Embedding, Norm: null, blocks.Residual),
            [WeightNames.Head] = new(head, WeightNames.FinalNorm, blocks.Residual),
        };
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            var (inputNorm, mlpNorm) = (WeightNames.InputNorm(layer), WeightNames.PostAttentionNorm(layer));
            Add(new(WeightNames.Query(layer), inputNorm, blocks.Residual));
            Add(new(WeightNames.Key(layer), inputNorm, blocks.Residual));
            Add(new(WeightNames.Value(layer), inputNorm, blocks.Residual, blocks.Head));
            Add(new(WeightNames.Output(layer), Norm: null, blocks.Head, blocks.Residual));
            Add(new(WeightNames.Gate(layer), mlpNorm, blocks.Residual));
            Add(new(WeightNames.Up(layer), mlpNorm, blocks.Residual));
            Add(new(WeightNames.Down(layer), Norm: null, blocks.Mlp, blocks.Residual, IsOnline: true));
        }

        return rotations;

        void Add(MatrixRotation rotation) => rotations.Add(rotation.Source, rotation);
    }

    private void ReadRotated(MatrixRotation rotation, long firstRow, Span<float> destination)
    {
        var columns = Columns(rotation.Source);
        if (firstRow % rotation.OutputBlock != 0 || destination.Length / columns % rotation.OutputBlock != 0)
        {
            throw new ArgumentException($"rows of '{rotation.Source}' come in blocks of {rotation.OutputBlock}", nameof(firstRow));
        }

        _source.ReadRows(rotation.Source, firstRow, destination);
        if (rotation.Norm is not null)
        {
            Fold(rotation.Norm, destination, columns);
        }

        Hadamard.Transform(destination, rotation.InputBlock);
        if (rotation.OutputBlock > 1)
        {
            Hadamard.TransformColumns(destination, columns, rotation.OutputBlock);
        }
    }

    private void Fold(string norm, Span<float> rows, int columns)
    {
        var buffer = ArrayPool<float>.Shared.Rent(columns);
        try
        {
            var weight = buffer.AsSpan(0, columns);
            _source.ReadRows(norm, 0, weight);
            for (; rows.Length > 0; rows = rows[columns..])
            {
                TensorPrimitives.Multiply(rows[..columns], weight, rows);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private int Columns(string name) => _source.TryGetShape(name, out var shape)
        ? checked((int)shape[^1])
        : throw new ModelFormatException($"the checkpoint lacks tensor '{name}'");
}
