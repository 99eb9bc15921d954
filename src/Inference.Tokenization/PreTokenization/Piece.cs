namespace Inference.Tokenization.PreTokenization;

/// <summary>A part of a text. <paramref name="AtStart"/>: it begins where the whole input begins.</summary>
internal readonly record struct Piece(string Text, int Start, int Length, bool AtStart)
{
    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    /// <summary>The piece's part from one offset (within the piece) to another.</summary>
    public Piece Slice(int start, int end) => new(Text, Start + start, end - start, AtStart && start == 0);

    /// <summary>The same place in the input with another text.</summary>
    public Piece With(string text) => new(text, 0, text.Length, AtStart);

    public override string ToString() => Span.ToString();
}
