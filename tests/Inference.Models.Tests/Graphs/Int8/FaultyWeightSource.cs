using System.Collections.Immutable;

namespace Inference.Models.Tests.Graphs.Int8;

/// <summary>The weights of another source, but for one row that begins with NaN.</summary>
internal sealed class FaultyWeightSource(WeightSource source, string faultyName, long row) : WeightSource
{
    public override IEnumerable<string> Names => source.Names;

    public override bool TryGetShape(string name, out ImmutableArray<long> shape) => source.TryGetShape(name, out shape);

    public override void ReadRows(string name, long firstRow, Span<float> destination)
    {
        source.ReadRows(name, firstRow, destination);
        Assert.True(source.TryGetShape(name, out var shape));
        var place = (row - firstRow) * shape[^1];
        if (name == faultyName && place >= 0 && place < destination.Length)
        {
            destination[(int)place] = float.NaN;
        }
    }
}
