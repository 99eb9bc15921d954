using System.Numerics.Tensors;
using Inference.Models.Graphs;
using Inference.Models.Graphs.Onnx;
using Inference.Models.Tests.Rotation;

namespace Inference.Models.Tests.Graphs.Int8;

/// <summary>
/// Runs an emitted graph in 8 bits on one sequence without a past, each operator written plainly from its definition in
/// <see cref="GraphContract"/>. Rows are arrays; the caches, which are the kernels' own business, are left out.
/// </summary>
internal sealed class PlainInt8Runner
{
    private readonly GraphProto _graph;
    private readonly Dictionary<string, TensorData> _constants;
    private readonly Dictionary<string, object> _values = [];

    public PlainInt8Runner(EmittedGraph graph)
    {
        _graph = graph.Model.Graph;
        _constants = graph.Tensors.ToDictionary(tensor => tensor.Name, tensor => tensor.Data);
    }

    /// <summary>Logits of the last token, and the token that the graph takes for the likeliest.</summary>
    public (float[] Logits, int ArgMax) Run(int[] ids)
    {
        _values[GraphContract.InputIds] = ids;
        _values[GraphContract.LogitsIndices] = new[] { ids.Length - 1 };
        foreach (var node in _graph.Node)
        {
            Run(node);
        }

        var (accumulators, scale) = (Rows<int>(GraphContract.LogitsAccumulators)[0], Vector(GraphContract.LogitsScales)[0]);
        var headScales = Vector(_graph.Node.Single(node => node.OpType == GraphContract.ArgMaxRows).Input[1]);
        return ([.. accumulators.Zip(headScales, (sum, column) => sum * column * scale)], ((int[])_values[GraphContract.LogitsArgMax])[0]);
    }

    private void Run(NodeProto node)
    {
        switch (node.OpType)
        {
            case "MatMulInteger":
                _values[node.Output[0]] = Multiply(Rows<byte>(node.Input[0]), _constants[node.Input[1]]);
                break;
            case GraphContract.EmbedNormQuantize:
                var (embedding, scales) = (Matrix(_constants[node.Input[1]]), Vector(node.Input[2]));
                Norm(node, Array.ConvertAll((int[])_values[node.Input[0]], id => Array.ConvertAll(embedding[id], x => x * scales[id])));
                break;
            case GraphContract.AddNormQuantize:
                Norm(node, Add(node));
                break;
            case GraphContract.GatherAddNormQuantize:
                Norm(node, Array.ConvertAll((int[])_values[node.Input[4]], row => Add(node)[row]));
                break;
            case GraphContract.PagedAttentionInt8:
                Quantize(node, Attention(node, Dequantize(node, 0)));
                break;
            case GraphContract.SwiGluQuantize:
                Quantize(node, Array.ConvertAll(Dequantize(node, 0), row => SwiGlu(row, (int)node.Attribute[0].I)));
                break;
            case GraphContract.ArgMaxRows:
                var columns = Vector(node.Input[1]);
                _values[node.Output[0]] = Array.ConvertAll(
                    Rows<int>(node.Input[0]), row => TensorPrimitives.IndexOfMax<float>([.. row.Zip(columns, (sum, x) => sum * x)]));
                break;
            default:
                throw new InvalidOperationException($"no operator {node.OpType}");
        }
    }

    /// <summary>Divides by the root mean square and quantises. The residual is an output unless no one needs it any more.</summary>
    private void Norm(NodeProto node, float[][] residual)
    {
        if (node.Output.Count == 3)
        {
            _values[node.Output[0]] = residual;
        }

        var epsilon = node.Attribute[0].F;
        Quantize(node, Array.ConvertAll(residual, row =>
        {
            var scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(row) / row.Length) + epsilon);
            return Array.ConvertAll(row, x => x * scale);
        }));
    }

    private void Quantize(NodeProto node, float[][] rows)
    {
        var scales = Array.ConvertAll(rows, row => row.Max(MathF.Abs) / 127);
        _values[node.Output[^2]] = rows.Zip(scales, (row, scale) =>
            Array.ConvertAll(row, x => (byte)(MathF.Round(x / scale) + GraphContract.ZeroPoint))).ToArray();
        _values[node.Output[^1]] = scales;
    }

    private float[][] Add(NodeProto node) =>
        Rows<float>(node.Input[0]).Zip(Dequantize(node, 1), (residual, row) => residual.Zip(row, (a, b) => a + b).ToArray()).ToArray();

    /// <summary>Accumulators, row scales and column scales from the input <paramref name="first"/> on.</summary>
    private float[][] Dequantize(NodeProto node, int first)
    {
        var (rows, columns) = (Vector(node.Input[first + 1]), Vector(node.Input[first + 2]));
        return Rows<int>(node.Input[first]).Zip(rows, (row, scale) => row.Zip(columns, (sum, x) => sum * scale * x).ToArray()).ToArray();
    }

    private static float[] SwiGlu(float[] row, int hadamard)
    {
        var (gate, up) = (row[..(row.Length / 2)], row[(row.Length / 2)..]);
        return PlainHadamard.Transform([.. gate.Zip(up, (g, u) => g / (1 + MathF.Exp(-g)) * u)], hadamard);
    }

    private float[][] Attention(NodeProto node, float[][] qkv)
    {
        var attributes = node.Attribute.ToDictionary(attribute => attribute.Name);
        var (heads, kvHeads) = ((int)attributes[GraphContract.NumHeads].I, (int)attributes[GraphContract.KvNumHeads].I);
        var size = qkv[0].Length / (heads + (2 * kvHeads));
        Rotate(qkv, size, (heads + kvHeads) * size, Vector(node.Input[10]), Vector(node.Input[11]));
        return qkv.Select((row, position) => Enumerable.Range(0, heads).SelectMany(head => Attend(head, position)).ToArray()).ToArray();

        float[] Attend(int head, int position)
        {
            var key = (heads + (head / (heads / kvHeads))) * size;
            var (scores, sum) = (new float[position + 1], new float[size]);
            for (var past = 0; past <= position; past++)
            {
                scores[past] = attributes[GraphContract.Scale].F
                    * TensorPrimitives.Dot(qkv[position].AsSpan(head * size, size), qkv[past].AsSpan(key, size));
            }

            TensorPrimitives.SoftMax(scores, scores);
            for (var past = 0; past <= position; past++)
            {
                TensorPrimitives.MultiplyAdd(qkv[past].AsSpan(key + (kvHeads * size), size), scores[past], sum, sum);
            }

            return sum;
        }
    }

    private static void Rotate(float[][] rows, int size, int width, float[] cosines, float[] sines)
    {
        var half = size / 2;
        for (var position = 0; position < rows.Length; position++)
        {
            for (var i = 0; i < width; i = i % size == half - 1 ? i + half + 1 : i + 1)
            {
                var (x, y) = (rows[position][i], rows[position][i + half]);
                var (cos, sin) = (cosines[(position * half) + (i % size)], sines[(position * half) + (i % size)]);
                (rows[position][i], rows[position][i + half]) = ((x * cos) - (y * sin), (y * cos) + (x * sin));
            }
        }
    }

    private static int[][] Multiply(byte[][] rows, TensorData weights)
    {
        var (values, outputs) = (TensorBytes.ReadBytes(weights), (int)weights.Shape[1]);
        var (row, results) = (new int[outputs], Array.ConvertAll(rows, _ => new int[outputs]));
        for (var input = 0; input < weights.Shape[0]; input++)
        {
            TensorPrimitives.ConvertTruncating<sbyte, int>(values.AsSpan(input * outputs, outputs), row);
            foreach (var (result, x) in results.Zip(rows))
            {
                TensorPrimitives.MultiplyAdd(row, x[input] - GraphContract.ZeroPoint, result, result);
            }
        }

        return results;
    }

    private static sbyte[][] Matrix(TensorData data) => TensorBytes.ReadBytes(data).Chunk(data.RowLength).ToArray();

    private T[][] Rows<T>(string name) => (T[][])_values[name];

    private float[] Vector(string name) =>
        _values.TryGetValue(name, out var value) ? (float[])value : TensorBytes.ReadAll(_constants[name]);
}
