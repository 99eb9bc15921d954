using System.Collections.Immutable;
using Inference.Models.SafeTensors;

namespace Inference.Models.Packed;

/// <summary>
/// A checkpoint in which some matrices are packed (AWQ, GPTQ): each appears as the weight that it stands for. Safe for concurrent readers.
/// </summary>
internal sealed class PackedWeightSource : WeightSource
{
    private const string WeightSuffix = ".weight";

    private readonly SafeTensorsWeightSource _source;
    private readonly Dictionary<string, PackedMatrix> _matrices = new(StringComparer.Ordinal);

    /// <summary>
    /// The matrix that was read last: matrices are asked for piece by piece, and what is packed along the outputs has to be read as a
    /// whole for any piece. Readers that miss it at the same time load it twice, and no harm is done.
    /// </summary>
    private volatile LoadedMatrix? _last;

    /// <param name="source">The checkpoint; disposed of with this.</param>
    /// <param name="packing">How its matrices are packed.</param>
    /// <exception cref="ModelFormatException">A matrix lacks a tensor, or has one of another type or shape.</exception>
    public PackedWeightSource(SafeTensorsWeightSource source, PackingSpec packing)
    {
        _source = source;
        foreach (var name in source.Names.Where(name => name.EndsWith(PackedMatrix.WeightSuffix, StringComparison.Ordinal)))
        {
            var module = name[..^PackedMatrix.WeightSuffix.Length];
            _matrices.Add(module + WeightSuffix, PackedMatrix.Open(source, module, packing));
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Names => _matrices.Keys.Concat(_source.Names.Where(name => !IsPartOfMatrix(name)));

    /// <inheritdoc/>
    public override bool TryGetShape(string name, out ImmutableArray<long> shape)
    {
        if (!_matrices.TryGetValue(name, out var matrix))
        {
            return _source.TryGetShape(name, out shape);
        }

        shape = [matrix.Outputs, matrix.Inputs];
        return true;
    }

    /// <inheritdoc/>
    public override void ReadRows(string name, long firstRow, Span<float> destination)
    {
        if (!_matrices.TryGetValue(name, out var matrix))
        {
            _source.ReadRows(name, firstRow, destination);
            return;
        }

        if (destination.Length % matrix.Inputs != 0 || firstRow < 0 || firstRow > matrix.Outputs - (destination.Length / matrix.Inputs))
        {
            throw new ArgumentOutOfRangeException(nameof(firstRow), firstRow, $"'{name}' has {matrix.Outputs} rows of {matrix.Inputs}.");
        }

        var loaded = _last;
        if (loaded?.Name != name)
        {
            _last = loaded = new LoadedMatrix(name, matrix.Load());
        }

        loaded!.Rows.Read((int)firstRow, destination);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _source.Dispose();
        base.Dispose(disposing);
    }

    private bool IsPartOfMatrix(string name) => PackedMatrix.Suffixes.Any(suffix =>
        name.EndsWith(suffix, StringComparison.Ordinal) && _matrices.ContainsKey(name[..^suffix.Length] + WeightSuffix));

    private sealed record LoadedMatrix(string Name, UnpackedRows Rows);
}
