namespace Inference.Tokenization.Decoding;

/// <summary>Replaces a literal in one token that comes in fragments: an end that may be the literal's beginning is held back.</summary>
internal sealed class ReplaceFragmentsStage(string literal, string replacement) : DecoderStage
{
    private string _held = "";

    public override void Push(string token)
    {
        string text = _held + token;
        int done = 0;
        for (int at; (at = text.IndexOf(literal, done, StringComparison.Ordinal)) >= 0; done = at + literal.Length)
            Emit(string.Concat(text.AsSpan(done, at - done), replacement));
        int hold = Math.Min(literal.Length - 1, text.Length - done);
        while (!literal.AsSpan().StartsWith(text.AsSpan(text.Length - hold), StringComparison.Ordinal))
            hold--;
        Emit(text[done..^hold]);
        _held = text[^hold..];
    }

    protected override void EndStream() => Emit(_held);
}
