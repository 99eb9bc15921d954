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

    /// <summary>Writes everything, or what an interrupted conversion to the same folder has not written yet.</summary>
    /// <param name="folder">Empty, or as an earlier call for the same graph left it.</param>
    /// <param name="graph">What to write.</param>
    /// <param name="chapterLength">After so many bytes what has been written is flushed, and the next call would go on from there.</param>
    /// <param name="progress">Told of the bytes.</param>
    /// <param name="cancellationToken">Ends the work within a fraction of a second.</param>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(
        string folder, EmittedGraph graph, long chapterLength, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        WriteConstants(folder, graph, chapterLength, progress, cancellationToken);
        WriteFile(Path.Combine(folder, ModelFile), graph.Model.ToByteArray());
        File.Delete(Path.Combine(folder, ConversionJournal.FileName));
    }

    public static void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, content, 0);
        RandomAccess.FlushToDisk(file);
    }

    private static void WriteConstants(
        string folder, EmittedGraph graph, long chapterLength, IProgress<ConversionProgress>? progress, CancellationToken cancellationToken)
    {
        var done = WrittenPieces(folder, graph);
        var files = new Dictionary<string, SafeFileHandle>(StringComparer.Ordinal);
        try
        {
            foreach (var (name, length) in graph.Files)
            {
                // Allocating whole files first shows a full disk before any work is done. The gaps between tensors read as zeros.
                var path = Path.Combine(folder, name);
                files.Add(name, done > 0
                    ? File.OpenHandle(path, FileMode.Open, FileAccess.Write)
                    : File.OpenHandle(path, FileMode.Create, FileAccess.Write, preallocationSize: length));
            }

            var counter = new ProgressCounter(ConversionStage.Convert, graph.Tensors.Sum(tensor => tensor.Data.Length), progress);
            var pieces = graph.Tensors.SelectMany(Pieces).ToList();
            counter.Add(pieces.Take(done).Sum(piece => (long)piece.Length));
            while (done < pieces.Count)
            {
                var chapter = Chapter(pieces, done, chapterLength);
                ParallelWork.ForEach(
                    chapter, piece => counter.Add(WritePiece(files[piece.Tensor.File], piece, cancellationToken)), cancellationToken);
                foreach (var file in files.Values)
                {
                    RandomAccess.FlushToDisk(file);
                }

                done += chapter.Count;
                ConversionJournal.Write(folder, PieceLength, done);
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

    /// <summary>
    /// How many pieces an interrupted conversion left on the disk: as many as its journal says, if there are files that can hold them.
    /// </summary>
    private static int WrittenPieces(string folder, EmittedGraph graph)
    {
        var written = graph.Tensors.SelectMany(Pieces).Take(ConversionJournal.Read(folder, PieceLength)).ToList();
        var lengths = graph.Files
            .Select(file => new FileInfo(Path.Combine(folder, file.Name)))
            .Where(file => file.Exists)
            .ToDictionary(file => file.Name, file => file.Length);
        return lengths.Count == graph.Files.Length && written.All(piece => piece.End <= lengths[piece.Tensor.File]) ? written.Count : 0;
    }

    /// <summary>The next pieces, of about a chapter's length together.</summary>
    private static List<Piece> Chapter(List<Piece> pieces, int first, long chapterLength)
    {
        var (end, length) = (first, 0L);
        while (end < pieces.Count && length < chapterLength)
        {
            length += pieces[end++].Length;
        }

        return pieces[first..end];
    }

    private static int WritePiece(SafeFileHandle file, Piece piece, CancellationToken cancellationToken)
    {
        var data = piece.Tensor.Data;
        var length = piece.Length;
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

    private readonly record struct Piece(ExternalTensor Tensor, long FirstRow, int RowCount)
    {
        /// <summary>Bytes.</summary>
        public int Length => RowCount * Tensor.Data.RowLength;

        /// <summary>The byte behind it in its file.</summary>
        public long End => Tensor.Offset + ((FirstRow + RowCount) * Tensor.Data.RowLength);
    }
}
