using Google.Protobuf;
using Inference.Models.Graphs.Onnx;
using Microsoft.ML.OnnxRuntime;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.OnnxRuntime.Tests.CustomOperators;

/// <summary>A graph of one custom node with the float input x [n], once or several times, and one float output y.</summary>
internal static class TestGraph
{
    public const string Domain = "test";

    public static InferenceSession CreateSession(CustomOperatorDomain domain, string operatorName, params (string Name, long Value)[] attributes) =>
        CreateSession(domain, operatorName, ["x"], attributes);

    public static InferenceSession CreateSession(
        CustomOperatorDomain domain, string operatorName, string[] inputs, params (string Name, long Value)[] attributes)
    {
        var node = new NodeProto { OpType = operatorName, Domain = Domain, Input = { inputs }, Output = { "y" } };
        node.Attribute.AddRange(attributes.Select(attribute =>
            new AttributeProto { Name = attribute.Name, Type = AttributeProto.Types.AttributeType.Int, I = attribute.Value }));
        var graph = new GraphProto { Name = "g", Node = { node }, Input = { Float("x") }, Output = { Float("y") } };
        var model = new ModelProto
        {
            IrVersion = 9,
            Graph = graph,
            OpsetImport = { new OperatorSetIdProto { Domain = "", Version = 20 }, new OperatorSetIdProto { Domain = Domain, Version = 1 } },
        };
        using var options = new SessionOptions { IntraOpNumThreads = 2, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        domain.AddTo(options);
        return new InferenceSession(model.ToByteArray(), options);
    }

    public static float[] Run(InferenceSession session, float[] x)
    {
        using var input = OrtValue.CreateTensorValueFromMemory(x, [x.Length]);
        using var options = new RunOptions();
        using var outputs = session.Run(options, ["x"], [input], ["y"]);
        return outputs[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private static ValueInfoProto Float(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = (int)TensorProto.Types.DataType.Float,
                Shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "n" } } },
            },
        },
    };
}
