using System.Text.Json;

namespace Inference.Tokenization.Tests.SentencePiece;

/// <summary>Writes tokenizer.model files.</summary>
internal static class SentencePieceModels
{
    public const int Unigram = 1;
    public const int Bpe = 2;

    /// <summary>A file of pieces (text, score, type) with a trainer's and a normalizer's settings.</summary>
    public static byte[] Write(
        IEnumerable<(string Text, float Score, int Type)> pieces, int modelType, bool dummyPrefix = true, bool removesSpaces = false)
    {
        var model = new ProtobufWriter();
        foreach ((string text, float score, int type) in pieces)
            model.Bytes(1, new ProtobufWriter().Text(1, text).Float(2, score).Integer(3, type).Written);
        model.Bytes(2, new ProtobufWriter().Integer(3, modelType).Integer(41, 1).Integer(42, 2).Integer(43, -1).Text(7, "ignored").Written);
        model.Bytes(3, new ProtobufWriter().Text(1, "identity").Integer(3, dummyPrefix ? 1 : 0).Integer(4, removesSpaces ? 1 : 0).Written);
        return model.Written.ToArray();
    }

    /// <summary>
    /// The pieces of Llama 2's vocabulary: after 3 + 256 others in the order of their scores, but runs of spaces have the lowest of all.
    /// </summary>
    public static List<(string Text, float Score, int Type)> Llama2Pieces()
    {
        using var json = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(PublishedTokenizers.FolderOf("llama2"), "tokenizer.json")));
        IEnumerable<string> tokens = json.RootElement.GetProperty("model").GetProperty("vocab").EnumerateObject()
            .OrderBy(token => token.Value.GetInt32()).Select(token => token.Name);
        return [.. tokens.Select((token, id) => (token, Score(token, id), id switch { 0 => 2, < 3 => 3, < 259 => 6, _ => 1 }))];
    }

    private static float Score(string token, int id) => id < 259 ? 0 : token.Length > 1 && token.All(c => c == '\u2581') ? -1e9f : 259 - id;
}
