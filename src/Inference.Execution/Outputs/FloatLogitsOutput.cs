using Inference.Engine.Execution;
using Inference.Execution.Packing;
using Inference.Models.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Inference.Execution.Outputs;

/// <summary>Logits in float32, as the graph gives them.</summary>
internal sealed class FloatLogitsOutput(int vocabularySize) : LogitsOutput
{
    private readonly BoundTensor<float> _logits = new(GraphContract.Logits, isOutput: true);

    public override StepResult Result => new FloatStepResult(_logits.Memory, vocabularySize);

    public override void Prepare(OrtIoBinding binding, StepPlan plan)
    {
        _logits.Resize(plan.LogitsRows, vocabularySize);
        _logits.BindTo(binding);
    }

    public override void Dispose() => _logits.Dispose();
}
