using Inference.Tokenization.AddedTokens;
using Inference.Tokenization.Decoding;
using Inference.Tokenization.Normalization;
using Inference.Tokenization.PostProcessing;
using Inference.Tokenization.PreTokenization;

namespace Inference.Tokenization.Loading;

/// <summary>The parts of a tokenizer.json.</summary>
internal sealed record TokenizerDefinition
{
    public required Vocabulary Vocabulary { get; init; }

    public required TokenModel Model { get; init; }

    public required AddedVocabulary AddedTokens { get; init; }

    public required Normalizer? Normalizer { get; init; }

    public required PreTokenizer? PreTokenizer { get; init; }

    public required PostProcessor PostProcessor { get; init; }

    public required TokenDecoder Decoder { get; init; }
}
