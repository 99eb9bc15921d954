namespace Inference.Tokenization.Decoding;

/// <summary>
/// As <see cref="StripStage"/>, for one token that comes in fragments: the start is dealt with once, and content at the end so far is held
/// back, for it may be the token's end.
/// </summary>
internal sealed class StripFragmentsStage(string content, int start, int stop) : DecoderStage
{
    private int _startLeft = start;
    private int _held;

    public override void Push(string token)
    {
        int from = 0;
        for (; _startLeft > 0 && from < token.Length; from += content.Length)
        {
            if (!token.AsSpan(from).StartsWith(content, StringComparison.Ordinal))
            {
                _startLeft = 0;
                break;
            }
            _startLeft--;
        }
        int to = token.Length;
        int ending = 0;
        for (; stop > 0 && token.AsSpan(from, to - from).EndsWith(content, StringComparison.Ordinal); ending++)
            to -= content.Length;
        if (to > from)
        {
            Release(_held);
            Emit(token[from..to]);
        }
        _held += ending;
        // More than can be stripped is certain already.
        Release(Math.Max(_held - stop, 0));
    }

    protected override void EndStream() => Release(Math.Max(_held - stop, 0));

    private void Release(int count)
    {
        for (int i = 0; i < count; i++)
            Emit(content);
        _held -= count;
    }
}
