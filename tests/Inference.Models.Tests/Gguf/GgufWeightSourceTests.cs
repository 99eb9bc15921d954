using Inference.Models.Gguf;

namespace Inference.Models.Tests.Gguf;

public sealed class GgufWeightSourceTests : IDisposable
{
    private const int HeadSize = 8;
    private const int Rows = 3 * HeadSize;
    private const int Columns = 5;

    private readonly TemporaryFolder _folder = new();
    private readonly float[] _matrix = [.. Enumerable.Range(0, Rows * Columns).Select(i => (float)i)];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("attn_q", "model.layers.11.self_attn.q_proj.weight")]
    [InlineData("attn_k", "model.layers.11.self_attn.k_proj.weight")]
    public void ReadRows_InterleavedQueryOrKey_GivesHalvesForEveryRange(string tensor, string name)
    {
        var stored = LlamaGguf.Interleave(_matrix, Rows, HeadSize);
        using var source = Open(new GgufBuilder().WithTensor($"blk.11.{tensor}.weight", [Rows, Columns], stored), HeadSize);
        for (var first = 0; first <= Rows; first++)
        {
            for (var count = 0; count <= Rows - first; count++)
            {
                var rows = new float[count * Columns];
                source.ReadRows(name, first, rows);
                Assert.Equal(_matrix[(first * Columns)..((first + count) * Columns)], rows);
            }
        }
    }

    [Fact]
    public void ReadRows_InterleavedBias_GivesHalves()
    {
        var bias = _matrix[..Rows];
        var stored = LlamaGguf.Interleave(bias, Rows, HeadSize);
        using var source = Open(new GgufBuilder().WithTensor("blk.0.attn_q.bias", [Rows], stored), HeadSize);
        var read = new float[Rows];
        source.ReadRows("model.layers.0.self_attn.q_proj.bias", 0, read);
        Assert.Equal(bias, read);
    }

    [Theory]
    [InlineData("blk.0.attn_v.weight", HeadSize, "model.layers.0.self_attn.v_proj.weight")]
    [InlineData("blk.0.attn_output.weight", HeadSize, "model.layers.0.self_attn.o_proj.weight")]
    [InlineData("blk.0.attn_q.weight", 0, "model.layers.0.self_attn.q_proj.weight")]
    [InlineData("blk.3.ffn_gate.weight", HeadSize, "model.layers.3.mlp.gate_proj.weight")]
    [InlineData("token_embd.weight", HeadSize, "model.embed_tokens.weight")]
    [InlineData("blk.0.strange.weight", HeadSize, "blk.0.strange.weight")]
    [InlineData("blk..attn_q.weight", HeadSize, "blk..attn_q.weight")]
    [InlineData("blk.0.weight", HeadSize, "blk.0.weight")]
    [InlineData("blk.-1.attn_q.weight", HeadSize, "blk.-1.attn_q.weight")]
    public void ReadRows_OtherTensors_AreAsStored(string stored, int interleavedHeadSize, string name)
    {
        using var source = Open(new GgufBuilder().WithTensor(stored, [Rows, Columns], _matrix), interleavedHeadSize);
        var read = new float[_matrix.Length];
        source.ReadRows(name, 0, read);
        Assert.Equal(_matrix, read);
        Assert.Equal([name], source.Names);
        Assert.True(source.TryGetShape(name, out var shape));
        Assert.Equal([Rows, Columns], shape);
    }

    [Fact]
    public void ReadRows_WrongRanges_Throw()
    {
        using var source = Open(new GgufBuilder().WithTensor("blk.0.attn_q.weight", [Rows, Columns], _matrix), HeadSize);
        const string Name = "model.layers.0.self_attn.q_proj.weight";
        Assert.Throws<ArgumentOutOfRangeException>(() => source.ReadRows(Name, Rows, new float[Columns]));
        Assert.Throws<ArgumentOutOfRangeException>(() => source.ReadRows(Name, -1, new float[Columns]));
        Assert.Throws<ArgumentException>(() => source.ReadRows(Name, 0, new float[Columns + 1]));
        AssertRefused("model.gguf: tensor 'x' is missing", () => source.ReadRows("x", 0, new float[1]));
    }

    [Fact]
    public void ReadRows_ManyThreads_GiveTheSame()
    {
        var stored = LlamaGguf.Interleave(_matrix, Rows, HeadSize);
        using var source = Open(new GgufBuilder().WithTensor("blk.0.attn_q.weight", [Rows, Columns], stored), HeadSize);
        Parallel.For(0, 2000, i =>
        {
            var row = i % Rows;
            var read = new float[Columns];
            source.ReadRows("model.layers.0.self_attn.q_proj.weight", row, read);
            Assert.Equal(_matrix[(row * Columns)..((row + 1) * Columns)], read);
        });
    }

    [Fact]
    public void Constructor_QueryRowsNotWholeHeads_IsRefused() => AssertRefused(
        "tensor 'blk.0.attn_q.weight': shape [3, 5] is not whole heads of 8",
        () => Open(new GgufBuilder().WithTensor("blk.0.attn_q.weight", [3, 5], new float[15]), HeadSize));

    [Fact]
    public void Constructor_TwoTensorsOfOneName_IsRefused() => AssertRefused(
        "tensor 'blk.00.attn_v.weight' occurs a second time",
        () => Open(new GgufBuilder().WithTensor("blk.0.attn_v.weight", [1], [1]).WithTensor("blk.00.attn_v.weight", [1], [1]), 0));

    private static void AssertRefused(string expected, Action action) =>
        Assert.Contains(expected, Assert.Throws<ModelFormatException>(action).Message, StringComparison.Ordinal);

    private GgufWeightSource Open(GgufBuilder builder, int interleavedHeadSize) =>
        new(GgufFile.Open(_folder.Write("model.gguf", builder.Build())), interleavedHeadSize);
}
