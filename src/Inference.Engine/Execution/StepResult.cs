namespace Inference.Engine.Execution;

/// <summary>
/// The logits that a step's plan asked for. Owned by the executor and valid until its next step; sampling may overwrite it.
/// </summary>
/// <param name="logits">Row-major [rows, vocabularySize].</param>
/// <param name="vocabularySize">Logits per row.</param>
public sealed class StepResult(Memory<float> logits, int vocabularySize)
{
    /// <summary>How many rows there are.</summary>
    public int Rows => logits.Length / vocabularySize;

    /// <summary>The logits of row <paramref name="row"/>: [vocabularySize].</summary>
    public Span<float> Row(int row) => logits.Span.Slice(row * vocabularySize, vocabularySize);
}
