namespace Inference.Tokenization.Decoding;

/// <summary>How to make one stage of a decoder.</summary>
/// <param name="Create">Makes the stage; the argument is whether it gets fragments of a single token.</param>
/// <param name="Fuses">Whether what it hands on is one single token, in fragments.</param>
/// <param name="TakesFragments">Whether it can work on fragments; if not it gets the whole token at the stream's end.</param>
internal sealed record DecoderStep(Func<bool, DecoderStage> Create, bool Fuses = false, bool TakesFragments = false);
