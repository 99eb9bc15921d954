using System.Globalization;
using System.Text;

namespace Inference.Models.Conversion;

/// <summary>
/// How much of an unfinished conversion is on the disk, kept in its folder: a conversion that was interrupted goes on from there. What the
/// journal says has been flushed before it says so.
/// </summary>
internal static class ConversionJournal
{
    public const string FileName = "journal";

    private const int MaxBytes = 100;

    /// <summary>
    /// How many pieces, in their order, a folder holds for good; 0 when it says nothing, or means pieces of another length.
    /// </summary>
    public static int Read(string folder, int pieceLength)
    {
        try
        {
            var path = Path.Combine(folder, FileName);
            return new FileInfo(path) is { Exists: true, Length: <= MaxBytes }
                && File.ReadAllText(path).Split(' ') is [var length, var count]
                && length == pieceLength.ToString(CultureInfo.InvariantCulture)
                && int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var pieces)
                ? pieces
                : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }

    /// <summary>Says that so many pieces are on the disk. The file is there with the old number or the new one.</summary>
    /// <exception cref="IOException">The disk is full or the folder cannot be written.</exception>
    public static void Write(string folder, int pieceLength, int pieces)
    {
        var path = Path.Combine(folder, FileName);
        var next = path + ".next";
        File.Delete(next);
        ModelWriter.WriteFile(next, Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{pieceLength} {pieces}")));
        File.Move(next, path, overwrite: true);
    }
}
