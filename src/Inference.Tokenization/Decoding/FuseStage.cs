namespace Inference.Tokenization.Decoding;

/// <summary>All tokens become one, which in a stream means only that the next stage gets them as fragments.</summary>
internal sealed class FuseStage : DecoderStage
{
    public override void Push(string token) => Emit(token);
}
