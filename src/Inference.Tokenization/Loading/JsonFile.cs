using System.Text.Json;

namespace Inference.Tokenization.Loading;

/// <summary>Opens a JSON file as a <see cref="JsonField"/>.</summary>
internal static class JsonFile
{
    /// <summary>Reads the file and hands its root to <paramref name="read"/>; the root is not to be used afterwards.</summary>
    /// <exception cref="TokenizerFormatException">The file cannot be read, is not JSON, or <paramref name="read"/> refused it.</exception>
    public static T Read<T>(string path, Func<JsonField, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            return read(new JsonField(document.RootElement, path, ""));
        }
        catch (JsonException e)
        {
            throw new TokenizerFormatException($"{path}: not valid JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TokenizerFormatException($"{path}: cannot be read ({e.Message})", e);
        }
    }
}
