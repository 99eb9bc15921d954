using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.Decoding;

/// <summary>Replaces within each token.</summary>
internal sealed class ReplaceStage(TextReplacer replacer) : DecoderStage
{
    public override void Push(string token) => Emit(replacer.Replace(token));
}
