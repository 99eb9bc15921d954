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
        data.Write(firstRow, MemoryMarshal.AsBytes(floats.AsSpan()), TestContext.Current.CancellationToken);
        return floats;
    }

    /// <summary>All rows of an int8 tensor.</summary>
    public static sbyte[] ReadBytes(TensorData data) => ReadBytes(data, 0, data.RowCount);

    /// <summary>Some rows of an int8 tensor.</summary>
    public static sbyte[] ReadBytes(TensorData data, long firstRow, long rowCount)
    {
        var bytes = new sbyte[rowCount * data.RowLength];
        data.Write(firstRow, MemoryMarshal.AsBytes(bytes.AsSpan()), TestContext.Current.CancellationToken);
        return bytes;
    }
}
