using Inference.Engine.Execution;
using Microsoft.ML.OnnxRuntime;

namespace Inference.Execution.Outputs;

/// <summary>The graph's outputs in the form that its numbers have, and a step's result in terms of them.</summary>
internal abstract class LogitsOutput : IDisposable
{
    /// <summary>Makes room for a step's rows, and binds what is not bound as it is.</summary>
    public abstract void Prepare(OrtIoBinding binding, StepPlan plan);

    /// <summary>What the step that was run last gave.</summary>
    public abstract StepResult Result { get; }

    /// <inheritdoc/>
    public abstract void Dispose();
}
