namespace Inference.Tokenization.PreTokenization;

/// <summary>Several pre-tokenizers; each splits what the one before it left.</summary>
internal sealed class SequencePreTokenizer(IReadOnlyList<PreTokenizer> steps) : PreTokenizer
{
    public IReadOnlyList<PreTokenizer> Steps { get; } = steps;

    public override void Split(Piece piece, List<Piece> parts)
    {
        List<Piece> current = [piece];
        List<Piece> next = [];
        foreach (PreTokenizer step in Steps)
        {
            next.Clear();
            foreach (Piece part in current)
                step.Split(part, next);
            (current, next) = (next, current);
        }
        parts.AddRange(current);
    }
}
