namespace Inference.Tokenization.Decoding;

/// <summary>Joins word pieces: a continuation loses its prefix, any other token but the first gets a space.</summary>
internal sealed class WordPieceStage(string prefix, bool cleanup) : DecoderStage
{
    private static readonly (string From, string To)[] CleanUps =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" do not", " don't"),
        (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    private bool _started;

    public override void Push(string token)
    {
        if (_started)
            token = token.StartsWith(prefix, StringComparison.Ordinal) ? token[prefix.Length..] : " " + token;
        _started = true;
        foreach ((string from, string to) in cleanup ? CleanUps : [])
            token = token.Replace(from, to, StringComparison.Ordinal);
        Emit(token);
    }
}
