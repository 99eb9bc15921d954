using System.Buffers;
using System.Collections.Immutable;
using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// The tensors of a GGUF file under the names of <see cref="WeightNames"/>. Safe for concurrent readers.
/// Converters to llama-architecture files reorder the rows of each query and key head for rotary embeddings that turn neighbouring pairs:
/// row i of the first half and row i of the second half become rows 2i and 2i + 1. They are put back, so that rotary in halves is right.
/// </summary>
internal sealed class GgufWeightSource : WeightSource
{
    /// <summary>It is in the spec: see <see cref="GgufSpecReader"/>.</summary>
    private const string RotaryDivisors = "rope_freqs.weight";

    private readonly GgufFile _file;
    private readonly int _interleavedHeadSize;
    private readonly Dictionary<string, StoredTensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>Takes over an open file.</summary>
    /// <param name="file">Disposed with the source.</param>
    /// <param name="interleavedHeadSize">The head size when query and key rows are interleaved (the llama architecture), else 0.</param>
    /// <exception cref="ModelFormatException">Two tensors have one name, or a query or key projection is not whole heads.</exception>
    public GgufWeightSource(GgufFile file, int interleavedHeadSize)
    {
        _file = file;
        _interleavedHeadSize = interleavedHeadSize;
        foreach (var (name, tensor) in file.Tensors.Where(tensor => tensor.Key != RotaryDivisors))
        {
            if (!_tensors.TryAdd(GgufWeightNames.Translate(name), tensor))
            {
                throw file.Error($"tensor '{OneLine.Shorten(name)}' occurs a second time under another name");
            }

            if (IsInterleaved(tensor) && HeadElements(tensor) % interleavedHeadSize != 0)
            {
                throw file.Error($"tensor '{name}': shape {TensorShape.Format(tensor.Shape)} is not whole heads of {interleavedHeadSize}");
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<string> Names => _tensors.Keys;

    /// <inheritdoc/>
    public override bool TryGetShape(string name, out ImmutableArray<long> shape)
    {
        var found = _tensors.TryGetValue(name, out var tensor);
        shape = found ? tensor!.Shape : [];
        return found;
    }

    /// <inheritdoc/>
    public override void ReadRows(string name, long firstRow, Span<float> destination)
    {
        var tensor = _tensors.GetValueOrDefault(name) ?? throw _file.Error($"tensor '{name}' is missing");
        if (!IsInterleaved(tensor) || destination.IsEmpty)
        {
            tensor.ReadRows(firstRow, destination);
        }
        else if (tensor.Shape.Length == 1)
        {
            ReadInterleavedVector(tensor, firstRow, destination);
        }
        else
        {
            ReadInterleavedRows(tensor, firstRow, destination);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _file.Dispose();
        base.Dispose(disposing);
    }

    private bool IsInterleaved(StoredTensor tensor) => _interleavedHeadSize > 0 && GgufWeightNames.IsQueryOrKey(tensor.Name);

    /// <summary>What the heads divide: the rows of a matrix, the elements of a bias.</summary>
    private static long HeadElements(StoredTensor tensor) => tensor.Shape[0];

    /// <summary>Where the file has row <paramref name="row"/>: within its head, half h and index i are at 2i + h.</summary>
    private long StoredIndex(long row)
    {
        var (head, inHead) = Math.DivRem(row, _interleavedHeadSize);
        var (half, index) = Math.DivRem(inHead, _interleavedHeadSize / 2);
        return (head * _interleavedHeadSize) + (2 * index) + half;
    }

    private void ReadInterleavedVector(StoredTensor tensor, long firstRow, Span<float> destination)
    {
        tensor.CheckRows(firstRow, destination.Length);
        var stored = destination.ToArray();
        tensor.ReadRows(firstRow, stored);
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = stored[StoredIndex(i)];
        }
    }

    /// <summary>Reads whole heads as they are stored, one at a time, and copies the rows that are asked for.</summary>
    private void ReadInterleavedRows(StoredTensor tensor, long firstRow, Span<float> destination)
    {
        tensor.CheckRows(firstRow, destination.Length);
        var columns = (int)tensor.Columns;
        var rowCount = destination.Length / columns;
        var buffer = ArrayPool<float>.Shared.Rent(checked(_interleavedHeadSize * columns));
        var headRows = buffer.AsSpan(0, _interleavedHeadSize * columns);
        var loadedHead = -1L;
        for (var i = 0; i < rowCount; i++)
        {
            var head = (firstRow + i) / _interleavedHeadSize;
            if (head != loadedHead)
            {
                tensor.ReadRows(head * _interleavedHeadSize, headRows);
                loadedHead = head;
            }

            var stored = (int)(StoredIndex(firstRow + i) - (head * _interleavedHeadSize));
            headRows.Slice(stored * columns, columns).CopyTo(destination[(i * columns)..]);
        }

        ArrayPool<float>.Shared.Return(buffer);
    }
}
