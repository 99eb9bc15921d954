using Inference.Tokenization.AddedTokens;
using Inference.Tokenization.Bpe;
using Inference.Tokenization.Decoding;
using Inference.Tokenization.Loading;
using Inference.Tokenization.Normalization;
using Inference.Tokenization.Patterns;
using Inference.Tokenization.PostProcessing;
using Inference.Tokenization.PreTokenization;
using Inference.Tokenization.Unigram;

namespace Inference.Tokenization.SentencePiece;

/// <summary>
/// Makes the parts of a tokenizer of a sentencepiece model, those that a tokenizer.json made of it has: spaces become visible, control and
/// user-defined pieces are added tokens.
/// </summary>
internal static class SentencePieceDefinition
{
    private const string VisibleSpace = "\u2581";

    /// <param name="model">What the file says.</param>
    /// <param name="more">Tokens that stand beside it; one that it lacks gets the next free id.</param>
    /// <exception cref="FormatException">The pieces do not make a vocabulary.</exception>
    public static TokenizerDefinition Build(SentencePieceModel model, IEnumerable<AddedToken> more)
    {
        Vocabulary vocabulary = ReadVocabulary(model.Pieces);
        Normalizer? normalizer = Normalizing(model);
        return new TokenizerDefinition
        {
            Vocabulary = vocabulary,
            Model = model.IsUnigram ? Unigram(model.Pieces, vocabulary) : Bpe(model.Pieces, vocabulary),
            AddedTokens = new AddedVocabulary([.. model.Pieces.Where(IsAdded).Select(Added), .. more], vocabulary, normalizer),
            Normalizer = normalizer,
            PreTokenizer = model.IsUnigram ? new MetaspacePreTokenizer(VisibleSpace, Prefix(model), split: true) : null,
            PostProcessor = new PostProcessor(
                Around(model.AddBos, model.BosId, "beginning", model.Pieces.Count),
                Around(model.AddEos, model.EosId, "end", model.Pieces.Count)),
            Decoder = Decoding(model.AddDummyPrefix),
        };
    }

    private static Vocabulary ReadVocabulary(IReadOnlyList<ScoredPiece> pieces)
    {
        Dictionary<string, int> ids = new(pieces.Count);
        for (int id = 0; id < pieces.Count; id++)
        {
            if (pieces[id].Text.Length > ScoredMerges.LongestPiece)
                throw new FormatException($"piece {id} is longer than {ScoredMerges.LongestPiece} characters");
            // Of a piece that is there twice the first one counts.
            ids.TryAdd(pieces[id].Text, id);
        }
        return new Vocabulary(ids);
    }

    private static BpeModel Bpe(IReadOnlyList<ScoredPiece> pieces, Vocabulary vocabulary)
    {
        var joints = new MergeJoints();
        MergeTable merges = ScoredMerges.Build(pieces, vocabulary, joints);
        var options = new BpeOptions { UnkToken = Unknown(pieces)?.Text, FuseUnk = true, ByteFallback = HasBytes(pieces) };
        return new BpeModel(vocabulary, merges, options, joints);
    }

    private static UnigramModel Unigram(IReadOnlyList<ScoredPiece> pieces, Vocabulary vocabulary) => new(
        vocabulary,
        [.. pieces.Select(piece => (double)piece.Score)],
        id => pieces[id].Type is PieceType.Normal or PieceType.UserDefined,
        new UnigramOptions
        {
            UnkId = Unknown(pieces) is { } unknown ? vocabulary.Find(unknown.Text) : -1,
            ByteFallback = HasBytes(pieces),
        });

    private static ScoredPiece? Unknown(IReadOnlyList<ScoredPiece> pieces)
    {
        foreach (ScoredPiece piece in pieces)
        {
            if (piece.Type == PieceType.Unknown)
                return piece;
        }
        return null;
    }

    private static bool HasBytes(IReadOnlyList<ScoredPiece> pieces) => pieces.Any(piece => piece.Type == PieceType.Byte);

    // A piece with a visible space cannot be looked for in the text, which has plain ones: it stays the model's.
    private static bool IsAdded(ScoredPiece piece) =>
        piece.Type is PieceType.Unknown or PieceType.Control
        || (piece.Type == PieceType.UserDefined && !piece.Text.Contains(VisibleSpace, StringComparison.Ordinal));

    private static AddedToken Added(ScoredPiece piece) =>
        new() { Content = piece.Text, Special = piece.Type != PieceType.UserDefined };

    private static SequenceNormalizer Normalizing(SentencePieceModel model)
    {
        List<Normalizer> steps = [];
        if (model.CharacterMap is { } map)
            steps.Add(new CharacterMapNormalizer(map));
        if (model.RemoveExtraWhitespaces)
        {
            steps.Add(new StripNormalizer(left: true, right: true));
            steps.Add(new ReplaceNormalizer(TextReplacer.ForPattern(Pattern.Parse(" {2,}"), " ")));
        }
        if (!model.IsUnigram)
        {
            if (model.AddDummyPrefix)
                steps.Add(new PrependNormalizer(VisibleSpace));
            steps.Add(new ReplaceNormalizer(TextReplacer.ForLiteral(" ", VisibleSpace)));
        }
        return new SequenceNormalizer(steps);
    }

    private static PrependScheme Prefix(SentencePieceModel model) => model.AddDummyPrefix ? PrependScheme.Always : PrependScheme.Never;

    private static int[] Around(bool adds, int? id, string name, int count) => adds && id is { } known
        ? known < count ? [known] : throw new FormatException($"the id {known} of the text's {name} is not below the number of pieces, {count}")
        : [];

    private static TokenDecoder Decoding(bool stripsPrefix)
    {
        List<DecoderStep> steps =
        [
            new(_ => new ReplaceStage(TextReplacer.ForLiteral(VisibleSpace, " "))),
            new(_ => new ByteFallbackStage()),
            new(_ => new FuseStage(), Fuses: true, TakesFragments: true),
        ];
        if (stripsPrefix)
            steps.Add(new(_ => new StripFragmentsStage(" ", start: 1, stop: 0), TakesFragments: true));
        return new TokenDecoder(steps);
    }
}
