namespace Inference.Tokenization.Decoding;

/// <summary>A space between tokens: what decoding does for a tokenizer that names no decoder.</summary>
internal sealed class JoinStage : DecoderStage
{
    private bool _started;

    public override void Push(string token)
    {
        Emit(_started ? " " + token : token);
        _started = true;
    }
}
