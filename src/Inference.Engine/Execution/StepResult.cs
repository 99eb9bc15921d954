namespace Inference.Engine.Execution;

/// <summary>
/// What came of a step: a row of logits for each that its plan asked for. Owned by the executor and valid until its next step. Executors that keep logits in
/// another form than float32 turn a row into float32 only when it is asked for, and may know the arg max without that.
/// </summary>
public abstract class StepResult
{
    /// <summary>How many rows there are.</summary>
    public abstract int Rows { get; }

    /// <summary>Logits per row.</summary>
    public abstract int VocabularySize { get; }

    /// <summary>The token with the largest logit of a row, the lowest id of several; null when only <see cref="Row"/> can tell.</summary>
    public virtual int? ArgMax(int row) => null;

    /// <summary>The logits of a row: [<see cref="VocabularySize"/>]. The caller may overwrite them, and asks for one row at a time: the next call may reuse the memory.
    /// An executor that knows the arg max need not have them if the plan's <see cref="StepPlan.NeedsLogits"/> is false.</summary>
    public abstract Span<float> Row(int row);
}
