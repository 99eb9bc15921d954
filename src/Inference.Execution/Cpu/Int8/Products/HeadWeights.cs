using System.Runtime.InteropServices;

namespace Inference.Execution.Cpu.Int8.Products;

/// <summary>The head's packed weights, and a scale for each of its panels' columns.</summary>
internal sealed unsafe class HeadWeights : IDisposable
{
    /// <param name="matrix">[inputs, vocabulary]; owned from here on.</param>
    /// <param name="scales">[vocabulary].</param>
    public HeadWeights(PackedMatrix matrix, ReadOnlySpan<float> scales)
    {
        Matrix = matrix;
        var columns = matrix.PanelCount * PackedMatrix.PanelWidth;
        Scales = (float*)NativeMemory.Alloc((nuint)columns, sizeof(float));
        scales.CopyTo(new Span<float>(Scales, columns));

        // Columns that only fill the last panel are never the largest.
        new Span<float>(Scales + scales.Length, columns - scales.Length).Fill(float.NaN);
    }

    public PackedMatrix Matrix { get; }

    /// <summary>[panels * 32].</summary>
    public float* Scales { get; }

    public void Dispose()
    {
        NativeMemory.Free(Scales);
        Matrix.Dispose();
    }
}
