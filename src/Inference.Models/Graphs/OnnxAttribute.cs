using Google.Protobuf;
using Inference.Models.Graphs.Onnx;
using AttributeType = Inference.Models.Graphs.Onnx.AttributeProto.Types.AttributeType;

namespace Inference.Models.Graphs;

/// <summary>Makes the attributes of nodes.</summary>
internal static class OnnxAttribute
{
    public static AttributeProto Int(string name, long value) => new() { Name = name, Type = AttributeType.Int, I = value };

    public static AttributeProto Float(string name, float value) => new() { Name = name, Type = AttributeType.Float, F = value };

    public static AttributeProto String(string name, string value) =>
        new() { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) };

    /// <summary>A tensor of one integer.</summary>
    public static AttributeProto Tensor(string name, long value) =>
        Tensor(name, TensorProto.Types.DataType.Int64, BitConverter.GetBytes(value));

    /// <summary>A tensor of one number.</summary>
    public static AttributeProto Tensor(string name, float value) =>
        Tensor(name, TensorProto.Types.DataType.Float, BitConverter.GetBytes(value));

    private static AttributeProto Tensor(string name, TensorProto.Types.DataType type, byte[] value) => new()
    {
        Name = name,
        Type = AttributeType.Tensor,
        T = new TensorProto { Dims = { 1 }, DataType = (int)type, RawData = ByteString.CopyFrom(value) },
    };
}
