using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Inference.Engine.Execution;
using Inference.Execution.Packing;
using Inference.Models.Graphs;
using Microsoft.ML.OnnxRuntime;

namespace Inference.Execution.Outputs;

/// <summary>Integer accumulators with a scale per row and one per token, and the arg max of each row: greedy requests never need a float logit.</summary>
/// <param name="headScales">[vocabulary].</param>
/// <param name="isOnDemand">Whether the graph gives accumulators only when they are wanted.</param>
internal sealed class Int8LogitsOutput(float[] headScales, bool isOnDemand) : LogitsOutput
{
    private readonly BoundTensor<int> _accumulators = new(GraphContract.LogitsAccumulators, isOutput: true);
    private readonly BoundTensor<float> _scales = new(GraphContract.LogitsScales, isOutput: true);
    private readonly BoundTensor<long> _wanted = new(GraphContract.LogitsWanted);
    private readonly BoundTensor<int> _argMax = new(GraphContract.LogitsArgMax, isOutput: true);
    private StepRows? _result;

    public override StepResult Result => _result ??= new StepRows(this, new float[headScales.Length]);

    public override void Prepare(OrtIoBinding binding, StepPlan plan)
    {
        var isWanted = plan.NeedsLogits || !isOnDemand;
        if (isOnDemand)
        {
            _wanted.Resize(1)[0] = isWanted ? 1 : 0;
            _wanted.BindTo(binding);
        }

        _accumulators.Resize(isWanted ? plan.LogitsRows : 0, headScales.Length);
        _scales.Resize(plan.LogitsRows);
        _argMax.Resize(plan.LogitsRows);
        _accumulators.BindTo(binding);
        _scales.BindTo(binding);
        _argMax.BindTo(binding);
    }

    public override void Dispose()
    {
        _wanted.Dispose();
        _accumulators.Dispose();
        _scales.Dispose();
        _argMax.Dispose();
    }

    /// <summary>The output, seen as a result. One row at a time is turned into float32.</summary>
    private sealed class StepRows(Int8LogitsOutput output, float[] row) : StepResult
    {
        public override int Rows => output._scales.Memory.Length;

        public override int VocabularySize => row.Length;

        public override int? ArgMax(int index) => output._argMax.Memory.Span[index];

        public override Span<float> Row(int index)
        {
            var accumulators = output._accumulators.Memory.Span.Slice(index * row.Length, row.Length);
            output.Dequantize(accumulators, output._scales.Memory.Span[index], row);
            return row;
        }
    }

    private void Dequantize(ReadOnlySpan<int> accumulators, float rowScale, Span<float> logits)
    {
        // Multiplied in the order in which the arg max is taken, so that both agree on which logit is largest.
        var integers = MemoryMarshal.Cast<int, Vector256<int>>(accumulators);
        var scales = MemoryMarshal.Cast<float, Vector256<float>>(headScales);
        var results = MemoryMarshal.Cast<float, Vector256<float>>(logits);
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = Vector256.ConvertToSingle(integers[i]) * scales[i] * Vector256.Create(rowScale);
        }

        for (var i = results.Length * Vector256<float>.Count; i < logits.Length; i++)
        {
            logits[i] = accumulators[i] * headScales[i] * rowScale;
        }
    }
}
