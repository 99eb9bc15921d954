using System.Buffers;
using System.Collections.Immutable;
using System.Numerics.Tensors;

namespace Inference.Models.Checkpoints;

/// <summary>A checkpoint through a <see cref="WeightMap"/>: every weight under the name, and in the order, that the decoder's spec means.</summary>
/// <param name="source">The checkpoint; disposed of with this.</param>
/// <param name="map">Where the weights are.</param>
/// <param name="prefix">What stored names may lack at the beginning: checkpoints of the bare model do.</param>
internal sealed class AdaptedWeights(WeightSource source, WeightMap map, string prefix) : WeightSource
{
    private readonly HashSet<string> _stored = new(source.Names, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override IEnumerable<string> Names
    {
        get
        {
            var used = map.Views.Values.Select(view => view.Stored).OfType<string>().Select(Find).OfType<string>().ToHashSet();
            var mapped = map.Views.Where(view => view.Value.Stored is not { } stored || Find(stored) is not null).Select(view => view.Key);
            return mapped.Union(_stored.Where(name => !used.Contains(name)));
        }
    }

    /// <inheritdoc/>
    public override bool TryGetShape(string name, out ImmutableArray<long> shape)
    {
        var view = View(name);
        if (view.Stored is null)
        {
            shape = [view.Length];
            return true;
        }

        if (Find(view.Stored) is not { } stored || !source.TryGetShape(stored, out shape))
        {
            shape = [];
            return false;
        }

        shape = view.IsTransposed && shape.Length == 2 ? [shape[1], shape[0]] : shape;
        if (view.Rows is { } rows && !shape.IsEmpty)
        {
            shape = shape[0] == rows.Total
                ? shape.SetItem(0, rows.Count)
                : throw new ModelFormatException(
                    $"tensor '{stored}' has shape {TensorShape.Format(shape)}; the configuration makes it {rows.Total} rows");
        }

        return true;
    }

    /// <inheritdoc/>
    public override void ReadRows(string name, long firstRow, Span<float> destination)
    {
        var view = View(name);
        if (view.Stored is null)
        {
            destination.Fill(1);
            return;
        }

        if (!TryGetShape(name, out var shape))
        {
            throw new ModelFormatException($"the checkpoint lacks tensor '{view.Stored}'");
        }

        Read(view, Find(view.Stored)!, shape, firstRow, destination);
        if (view.Plus != 0)
        {
            TensorPrimitives.Add(destination, view.Plus, destination);
        }

        if (view.Times != 1)
        {
            TensorPrimitives.Multiply(destination, view.Times, destination);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        source.Dispose();
        base.Dispose(disposing);
    }

    private void Read(WeightView view, string stored, ImmutableArray<long> shape, long firstRow, Span<float> destination)
    {
        if (view.IsTransposed)
        {
            ReadColumns(stored, view.Rows ?? RowSelection.Slice(0, shape[0], shape[0]), shape, firstRow, destination);
        }
        else if (view.Rows is not { } rows)
        {
            source.ReadRows(stored, firstRow, destination);
        }
        else if (shape.Length == 1)
        {
            ReadElements(stored, rows, destination);
        }
        else
        {
            ReadSelected(stored, rows, (int)shape[^1], firstRow, destination);
        }
    }

    /// <summary>Neighbouring rows that are neighbours in the checkpoint too are read at once.</summary>
    private void ReadSelected(string stored, RowSelection rows, int columns, long firstRow, Span<float> destination)
    {
        while (!destination.IsEmpty)
        {
            var (first, count, wanted) = (rows.StoredRow(firstRow), 1, destination.Length / columns);
            while (count < wanted && rows.StoredRow(firstRow + count) == first + count)
            {
                count++;
            }

            source.ReadRows(stored, first, destination[..(count * columns)]);
            destination = destination[(count * columns)..];
            firstRow += count;
        }
    }

    private void ReadElements(string stored, RowSelection rows, Span<float> destination)
    {
        var buffer = ArrayPool<float>.Shared.Rent(checked((int)rows.Total));
        try
        {
            source.ReadRows(stored, 0, buffer.AsSpan(0, (int)rows.Total));
            for (var i = 0; i < destination.Length; i++)
            {
                destination[i] = buffer[rows.StoredRow(i)];
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads a stored [in, out] matrix row by row, and takes from each what belongs to the outputs asked for.</summary>
    private void ReadColumns(string stored, RowSelection rows, ImmutableArray<long> shape, long firstRow, Span<float> destination)
    {
        var (inputs, outputs) = ((int)shape[1], checked((int)rows.Total));
        var count = destination.Length / inputs;
        var buffer = ArrayPool<float>.Shared.Rent(outputs);
        try
        {
            for (var input = 0; input < inputs; input++)
            {
                source.ReadRows(stored, input, buffer.AsSpan(0, outputs));
                for (var row = 0; row < count; row++)
                {
                    destination[(row * inputs) + input] = buffer[rows.StoredRow(firstRow + row)];
                }
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(buffer);
        }
    }

    private WeightView View(string name) => map.Views.GetValueOrDefault(name) ?? new WeightView(name);

    /// <summary>The name under which the checkpoint has a tensor, with the prefix or without; null if it has none.</summary>
    private string? Find(string name) => _stored.Contains(name) ? name
        : name.StartsWith(prefix, StringComparison.Ordinal) && _stored.Contains(name[prefix.Length..]) ? name[prefix.Length..]
        : null;
}
