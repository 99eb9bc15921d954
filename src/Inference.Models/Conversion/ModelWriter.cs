using System.Buffers;
using Google.Protobuf;
using Inference.Models.Graphs;
using Microsoft.Win32.SafeHandles;

namespace Inference.Models.Conversion;

/// <summary>
/// Writes an emitted graph and its weights into a folder. Every file is on the disk, not just on its way, when the method returns.
/// </summary>
internal static class ModelWriter
{
    public const string ModelFile = "model.onnx";

    public const string WeightsFile = "weights.bin";

    /// <summary>FLOAT [vocabulary], of models in int8 only.</summary>
    public const string HeadScalesFile = "head_scales.bin";

    /// <summary>
    /// What one core reads, dequantises and writes at a time; stays within the second-level cache's reach and makes few system calls.
    /// </summary>
    private const int PieceLength = 1 << 20;

    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(
        string folder, EmittedGraph graph, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        WriteConstants(folder, graph, progress, cancellationToken);
        WriteFile(Path.Combine(folder, ModelFile), graph.Model.ToByteArray());
    }

    public static void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
        RandomAccess.FlushToDisk(file);
    }

    private static void WriteConstants(
        string folder, EmittedGraph graph, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, SafeFileHandle>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, length) in graph.Files)
            {
                // Allocating whole files first shows a full disk before any work is done. The gaps between tensors read as zeros.
                var path = Path.Combine(folder, name);
                files.Add(name, File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, preallocationSize: length));
            }
            var counter = new ProgressCounter(ConversionStage.Convert, graph.Tensors.Sum(tensor => tensor.Data.Length), progress);
            ParallelWork.ForEach(
                graph.Tensors.SelectMany(Pieces),
                piece => counter.Add(WritePiece(files[piece.Tensor.File], piece, cancellationToken)),
                cancellationToken);
            foreach (var file in files.Values)
            {
                RandomAccess.FlushToDisk(file);
            }
        }
        finally
        {
            foreach (var file in files.Values)
            {
                file.Dispose();
            }
        }
    }

    private static int WritePiece(SafeFileHandle file, Piece piece, CancellationToken cancellationToken)
    {
        var data = piece.Tensor.Data;
        var length = piece.RowCount * data.RowLength;
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            data.Write(piece.FirstRow, buffer.AsSpan(0, length), cancellationToken);
            RandomAccess.Write(file, buffer.AsSpan(0, length), piece.Tensor.Offset + piece.FirstRow * data.RowLength);
            return length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static IEnumerable<Piece> Pieces(ExternalTensor tensor)
    {
        var rows = Math.Max(1, PieceLength / tensor.Data.RowLength);
        for (long row = 0; row < tensor.Data.RowCount; row += rows)
        {
            yield return new Piece(tensor, row, (int)Math.Min(rows, tensor.Data.RowCount - row));
        }
    }

    private readonly record struct Piece(ExternalTensor Tensor, long FirstRow, int RowCount);
}
