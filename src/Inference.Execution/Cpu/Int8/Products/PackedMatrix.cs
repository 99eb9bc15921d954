using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>
/// The weights of a product, INT8 [inputs, outputs], in the order in which they are used: panels of 32 outputs, one after the other. In a
/// panel, inputs lie in groups: [groups][32][4]. What is missing in the last group and in the last panel is 0.
/// </summary>
internal sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Outputs in a panel.</summary>
    public const int PanelWidth = 32;

    /// <summary>Inputs in a group: those that one instruction multiplies and adds.</summary>
    public const int GroupSize = QuadPanels.Depths;

    private readonly LargePageMemory _memory;

    /// <summary>Packs weights.</summary>
    /// <param name="weights">[inputs, outputs].</param>
    /// <param name="inputs">At least 1.</param>
    /// <param name="outputs">At least 1.</param>
    public PackedMatrix(sbyte* weights, int inputs, int outputs)
    {
        (Inputs, Outputs) = (inputs, outputs);
        Groups = (inputs + GroupSize - 1) / GroupSize;
        PanelCount = (outputs + PanelWidth - 1) / PanelWidth;
        _memory = LargePageMemory.Allocate(checked((nuint)PanelCount * (nuint)PanelBytes));
        Parallel.For(0, PanelCount, panel => Pack(weights, panel));
    }

    public int Inputs { get; }

    public int Outputs { get; }

    /// <summary>Groups of inputs.</summary>
    public int Groups { get; }

    /// <summary>Inputs with those that fill the last group.</summary>
    public int Width => Groups * GroupSize;

    public int PanelCount { get; }

    /// <summary>
    /// The sums that a panel begins with come first: activations are stored with 128 added, and this takes it away from every sum.
    /// </summary>
    public static int HeaderBytes => PanelWidth * sizeof(int);

    /// <summary>Bytes from a panel to the next.</summary>
    public long PanelBytes => HeaderBytes + (long)Groups * PanelWidth * GroupSize;

    /// <summary>Packs a node's constant.</summary>
    /// <exception cref="ArgumentException">It is not [inputs, outputs].</exception>
    public static PackedMatrix Pack(KernelTensor weights)
    {
        Arguments.Require(weights.Rank == 2 && weights[0] > 0 && weights[1] > 0, "weights are not [inputs, outputs]");
        return new PackedMatrix(weights.Data<sbyte>(), weights[0], weights[1]);
    }

    /// <summary>Where a panel begins.</summary>
    public sbyte* Panel(int index) => (sbyte*)_memory.Start + index * PanelBytes;

    public void Dispose() => _memory.Dispose();

    private void Pack(sbyte* weights, int index)
    {
        var sums = (int*)Panel(index);
        var panel = (sbyte*)sums + HeaderBytes;
        new Span<byte>(sums, checked((int)PanelBytes)).Clear();
        var first = index * PanelWidth;
        var columns = Math.Min(PanelWidth, Outputs - first);
        for (var input = 0; input < Inputs; input++)
        {
            var row = weights + (long)input * Outputs + first;
            var (group, place) = Math.DivRem(input, GroupSize);
            var destination = panel + (long)group * PanelWidth * GroupSize + place;
            for (var column = 0; column < columns; column++)
            {
                destination[column * GroupSize] = row[column];
                sums[column] -= GraphContract.ZeroPoint * row[column];
            }
        }
    }
}
