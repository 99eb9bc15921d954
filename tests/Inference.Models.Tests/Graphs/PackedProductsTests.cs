using Google.Protobuf;
using Inference.Models.Graphs;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.Tests.Graphs;

public sealed class PackedProductsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_ProductsAndOthers_ReplacesTheProductsAlone()
    {
        var product = new NodeProto { OpType = "MatMulInteger", Name = "p", Input = { "x", "w", "zero" }, Output = { "y" } };
        var other = new NodeProto { OpType = "Gather", Name = "g", Input = { "y", "i", "j" }, Output = { "z" } };
        var model = new ModelProto { IrVersion = 10, Graph = new GraphProto { Node = { product, other } } };
        File.WriteAllBytes(_folder["model.onnx"], model.ToByteArray());

        var read = ModelProto.Parser.ParseFrom(PackedProducts.Read(_folder["model.onnx"], fuse: true));

        product.Domain = GraphContract.Domain;
        product.OpType = GraphContract.PackedMatMulInteger;
        product.Input.RemoveAt(2);
        Assert.Equal(model, read);
    }

    [Fact]
    public void Read_DamagedOrMissing_NamesTheFile()
    {
        File.WriteAllBytes(_folder["damaged.onnx"], [0xff, 0xff, 0xff]);
        File.WriteAllBytes(_folder["empty.onnx"], []);
        foreach (var name in new[] { "damaged.onnx", "empty.onnx", "none.onnx" })
        {
            var exception = Assert.Throws<ModelFormatException>(() => PackedProducts.Read(_folder[name], fuse: false));
            Assert.Contains(name, exception.Message, StringComparison.Ordinal);
        }
    }
}
