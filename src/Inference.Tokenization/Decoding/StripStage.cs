namespace Inference.Tokenization.Decoding;

/// <summary>Removes up to <paramref name="start"/> and <paramref name="stop"/> times the content from each token's ends.</summary>
internal sealed class StripStage(string content, int start, int stop) : DecoderStage
{
    public override void Push(string token)
    {
        int from = 0;
        int to = token.Length;
        for (int i = 0; i < start && token.AsSpan(from).StartsWith(content, StringComparison.Ordinal); i++)
            from += content.Length;
        for (int i = 0; i < stop && token.AsSpan(from, to - from).EndsWith(content, StringComparison.Ordinal); i++)
            to -= content.Length;
        Emit(token[from..to]);
    }
}
