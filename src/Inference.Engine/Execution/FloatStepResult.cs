namespace Inference.Engine.Execution;

/// <summary>Logits in float32.</summary>
/// <param name="logits">Row-major [rows, vocabularySize].</param>
/// <param name="vocabularySize">Logits per row.</param>
public sealed class FloatStepResult(Memory<float> logits, int vocabularySize) : StepResult
{
    /// <inheritdoc/>
    public override int Rows => logits.Length / vocabularySize;

    /// <inheritdoc/>
    public override int VocabularySize => vocabularySize;

    /// <inheritdoc/>
    public override Span<float> Row(int row) => logits.Span.Slice(row * vocabularySize, vocabularySize);
}
