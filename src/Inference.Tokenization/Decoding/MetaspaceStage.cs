namespace Inference.Tokenization.Decoding;

/// <summary>Turns the visible space back into a space; in the first token it goes altogether when encoding put one there.</summary>
internal sealed class MetaspaceStage(string replacement, bool prepended) : DecoderStage
{
    private bool _started;

    public override void Push(string token)
    {
        Emit(token.Replace(replacement, !_started && prepended ? "" : " ", StringComparison.Ordinal));
        _started = true;
    }
}
