namespace Inference.Tokenization.Decoding;

/// <summary>BPEDecoder: the suffix that ends a word becomes a space, but in the last token nothing; so one token is held back.</summary>
internal sealed class WordSuffixStage(string suffix) : DecoderStage
{
    private string? _held;

    public override void Push(string token)
    {
        Release(" ");
        _held = token;
    }

    protected override void EndStream() => Release("");

    private void Release(string replacement)
    {
        if (_held is not null)
            Emit(suffix.Length == 0 ? _held : _held.Replace(suffix, replacement, StringComparison.Ordinal));
    }
}
