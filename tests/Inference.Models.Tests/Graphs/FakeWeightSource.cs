using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Inference.Models.Tests.Graphs;

/// <summary>Weights made up on demand: each element tells its tensor and its place, so that a wrong one shows.</summary>
/// <param name="scatter">Makes of it a number from -1 to 1 that looks random.</param>
internal sealed class FakeWeightSource(bool scatter = false) : WeightSource
{
    private readonly Dictionary<string, (int Number, ImmutableArray<long> Shape)> _tensors = [];
    private readonly ConcurrentBag<string> _read = [];

    /// <summary>Called before each read, on the thread that reads.</summary>
    public Action<string>? OnRead { get; set; }

    public override IEnumerable<string> Names => _tensors.Keys;

    public int ReadCount => _read.Count;

    public void Add(string name, params ReadOnlySpan<long> shape) => _tensors[name] = (_tensors.Count + 1, [.. shape]);

    public void Remove(string name) => _tensors.Remove(name);

    public float Element(string name, long row, long column)
    {
        var number = _tensors[name].Number;
        return scatter ? (HashCode(number, row, column) / 32768f) - 1 : number * 1000 + row * 20 + column;
    }

    /// <summary>A whole tensor, row by row.</summary>
    public float[] Elements(string name)
    {
        var shape = _tensors[name].Shape;
        var floats = new float[shape.Aggregate(1L, (product, size) => product * size)];
        Fill(name, 0, floats);
        return floats;
    }

    public override bool TryGetShape(string name, out ImmutableArray<long> shape)
    {
        var found = _tensors.TryGetValue(name, out var tensor);
        shape = found ? tensor.Shape : [];
        return found;
    }

    public override void ReadRows(string name, long firstRow, Span<float> destination)
    {
        OnRead?.Invoke(name);
        _read.Add(name);
        Fill(name, firstRow, destination);
    }

    /// <summary>16 bits that are the same on every run.</summary>
    private static uint HashCode(int number, long row, long column) =>
        (((((uint)number * 2654435761) ^ (uint)row) * 2246822519) ^ (uint)column) * 3266489917 >> 16;

    private void Fill(string name, long firstRow, Span<float> destination)
    {
        var columns = (int)_tensors[name].Shape[^1];
        Assert.Equal(0, destination.Length % columns);
        for (var i = 0; i < destination.Length; i++)
        {
            destination[i] = Element(name, firstRow + i / columns, i % columns);
        }
    }
}
