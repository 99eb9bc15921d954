using Google.Protobuf;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Graphs;

/// <summary>
/// Puts <see cref="GraphContract.PackedMatMulInteger"/> in the place of a converted graph's MatMulInteger nodes. A converted model is the
/// same for every machine; whose product is the faster one is known only where it runs.
/// </summary>
public static class PackedProducts
{
    /// <summary>Reads a converted graph; its weights stay in the files beside it.</summary>
    /// <param name="modelPath">The graph's file.</param>
    /// <param name="fuse">Whether <see cref="GraphContract.BetweenAttentions"/> and its like may take the place of nodes.</param>
    /// <returns>The graph with the other products, as ONNX Runtime loads it.</returns>
    /// <exception cref="ModelFormatException">The file is no graph, or cannot be read.</exception>
    public static byte[] Read(string modelPath, bool fuse)
    {
        try
        {
            using var file = File.OpenRead(modelPath);
            var model = ModelProto.Parser.ParseFrom(file);
            var graph = model.Graph ?? throw new ModelFormatException($"'{modelPath}' holds no graph");
            foreach (var product in graph.Node.Where(node => node is { Domain: "", OpType: "MatMulInteger" }))
            {
                product.Domain = GraphContract.Domain;
                product.OpType = GraphContract.PackedMatMulInteger;
                while (product.Input.Count > 2)
                {
                    product.Input.RemoveAt(product.Input.Count - 1);
                }
            }

            if (fuse)
            {
                FusedLayers.Fuse(graph);
                FusedHead.Fuse(graph);
            }

            return model.ToByteArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidProtocolBufferException)
        {
            throw new ModelFormatException($"cannot read '{modelPath}': {exception.Message}", exception);
        }
    }
}
