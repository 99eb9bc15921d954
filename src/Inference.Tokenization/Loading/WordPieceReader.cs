using Inference.Tokenization.WordPiece;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a model of type WordPiece.</summary>
internal static class WordPieceReader
{
    // A word is looked up from every beginning to every end.
    private const int LongestWord = 1000;

    public static (Vocabulary, WordPieceModel) Read(JsonField model)
    {
        Vocabulary vocabulary = VocabularyReader.Read(model["vocab"]);
        JsonField unk = model["unk_token"];
        int unkId = vocabulary.Find(unk.Text());
        if (unkId < 0)
            throw unk.Error($"'{unk.Text()}' is not in the vocabulary");
        int maxLength = model.Optional("max_input_chars_per_word")?.Integer(1, LongestWord) ?? 100;
        return (vocabulary, new WordPieceModel(vocabulary, unkId, model.Text("continuing_subword_prefix") ?? "##", maxLength));
    }
}
