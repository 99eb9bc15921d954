using Inference.Execution.Cpu.Int8.Products;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Layers;

/// <summary>The packed weights of what lies between one attention and the next.</summary>
internal sealed class LayerWeights : IDisposable
{
    // Of the operators between the products.
    private const int WidthMultiple = 16;

    /// <param name="output">[attended, hidden].</param>
    /// <param name="gateUp">[hidden, 2 * intermediate].</param>
    /// <param name="down">[intermediate, hidden].</param>
    /// <param name="next">[hidden, outputs].</param>
    /// <exception cref="ArgumentException">Their shapes do not fit each other, or the kernels.</exception>
    public LayerWeights(PackedMatrix output, PackedMatrix gateUp, PackedMatrix down, PackedMatrix? next)
    {
        (Output, GateUp, Down, Next) = (output, gateUp, down, next);
        Arguments.Require(
            Hidden % WidthMultiple == 0 && Intermediate % WidthMultiple == 0 && output.Inputs % PackedMatrix.GroupSize == 0,
            "the hidden or the intermediate size is not a multiple of 16, or the attended size not of 4");
        Arguments.Require(gateUp.Inputs == Hidden && gateUp.Outputs == 2 * Intermediate, "gate and up do not fit between the other weights");
        Arguments.Require(down.Outputs == Hidden, "the down projection does not have as many outputs as the hidden size");
        Arguments.Require(next is null || next.Inputs == Hidden, "the next projection does not have as many inputs as the hidden size");
    }

    /// <summary>Attention's output projection, [attended, hidden].</summary>
    public PackedMatrix Output { get; }

    /// <summary>[hidden, 2 * intermediate].</summary>
    public PackedMatrix GateUp { get; }

    /// <summary>[intermediate, hidden].</summary>
    public PackedMatrix Down { get; }

    /// <summary>The next layer's query, key and value, [hidden, outputs]; null behind the last attention.</summary>
    public PackedMatrix? Next { get; }

    public int Hidden => Output.Outputs;

    public int Intermediate => Down.Inputs;

    public void Dispose()
    {
        Output.Dispose();
        GateUp.Dispose();
        Down.Dispose();
        Next?.Dispose();
    }

    /// <summary>Packs the weights of a node, which are its constants.</summary>
    /// <param name="info">The node.</param>
    /// <param name="hasNext">Whether the next layer's projection is among them.</param>
    /// <exception cref="ArgumentException">Their shapes do not fit each other, or the kernels.</exception>
    public static LayerWeights Pack(KernelInfo info, bool hasNext) => new(
        PackedMatrix.Pack(info.GetConstantInput(3)),
        PackedMatrix.Pack(info.GetConstantInput(5)),
        PackedMatrix.Pack(info.GetConstantInput(7)),
        hasNext ? PackedMatrix.Pack(info.GetConstantInput(9)) : null);
}
