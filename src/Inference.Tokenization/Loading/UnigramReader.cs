using Inference.Tokenization.Unigram;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a model of type Unigram.</summary>
internal static class UnigramReader
{
    public static (Vocabulary, UnigramModel) Read(JsonField model)
    {
        JsonField vocab = model["vocab"];
        if (vocab.Count() > TokenizerReader.IdLimit)
            throw vocab.Error($"must not have more than {TokenizerReader.IdLimit} pieces");
        Dictionary<string, int> ids = new(vocab.Count());
        List<double> scores = new(vocab.Count());
        foreach (JsonField entry in vocab.Items())
        {
            if (entry.Count() != 2)
                throw entry.Error("must be a piece and its score");
            // Of a piece that is there twice the last one counts.
            ids[entry[0].Text()] = scores.Count;
            scores.Add(entry[1].Number());
        }
        var options = new UnigramOptions
        {
            UnkId = model.Optional("unk_id")?.Integer(0, scores.Count - 1) ?? -1,
            ByteFallback = model.Flag("byte_fallback", false),
        };
        var vocabulary = new Vocabulary(ids);
        return (vocabulary, new UnigramModel(vocabulary, scores, static _ => true, options));
    }
}
