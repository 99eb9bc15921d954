using System.Collections.Immutable;

namespace Inference.Models;

/// <summary>
/// Named tensors of a checkpoint, read as float32 in pieces so that no whole model is ever in managed memory.
/// Several threads may read at once.
/// </summary>
public abstract class WeightSource : IDisposable
{
    /// <summary>Every tensor of the checkpoint; those without a place in <see cref="WeightNames"/> keep their names in the file.</summary>
    public abstract IEnumerable<string> Names { get; }

    /// <summary>The row-major shape of a tensor (a matrix is [out, in]), or false when the checkpoint lacks it.</summary>
    /// <exception cref="ModelFormatException">The tensor is there, but of a type that cannot be read.</exception>
    public abstract bool TryGetShape(string name, out ImmutableArray<long> shape);

    /// <summary>Dequantises rows of a tensor. A vector is one row.</summary>
    /// <param name="name">As in <see cref="WeightNames"/>.</param>
    /// <param name="firstRow">The first row to read, counted over all dimensions but the last.</param>
    /// <param name="destination">A whole number of rows: [rows, columns].</param>
    /// <exception cref="ModelFormatException">The tensor is missing.</exception>
    public abstract void ReadRows(string name, long firstRow, Span<float> destination);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the mapped files.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
