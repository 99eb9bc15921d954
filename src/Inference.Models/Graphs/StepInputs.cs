using DataType = Inference.Models.Graphs.Onnx.TensorProto.Types.DataType;

namespace Inference.Models.Graphs;

/// <summary>The inputs that tell a graph its step, the same in every precision.</summary>
internal static class StepInputs
{
    public static void Declare(GraphBuilder graph)
    {
        graph.Input(GraphContract.InputIds, DataType.Int64, "num_tokens");
        graph.Input(GraphContract.LogitsIndices, DataType.Int64, "num_logits");
        graph.Input(GraphContract.BlockTable, DataType.Int32, "batch", "max_blocks");
        graph.Input(GraphContract.CumulativeSequenceLengths, DataType.Int32, "batch_plus_1");
        graph.Input(GraphContract.PastSequenceLengths, DataType.Int32, "batch");
    }
}
