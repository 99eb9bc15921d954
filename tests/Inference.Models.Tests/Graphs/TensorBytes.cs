using System.Runtime.InteropServices;
using Inference.Models.Graphs;

namespace Inference.Models.Tests.Graphs;

/// <summary>Reads what would be written.</summary>
internal static class TensorBytes
{
    /// <summary>All rows of a float32 tensor.</summary>
    public static float[] ReadAll(TensorData data) => Read(data, 0, data.RowCount);

    /// <summary>Some rows of a float32 tensor.</summary>
    public static float[] Read(TensorData data, long firstRow, long rowCount)
    {
        var floats = new float[rowCount * data.RowLength / sizeof(float)];
        data.Write(firstRow, MemoryMarshal.AsBytes(floats.AsSpan()));
        return floats;
    }
}
