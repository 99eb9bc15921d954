using System.Collections.Immutable;
using Inference.Models.Checkpoints;

namespace Inference.Models.Graphs;

/// <summary>
/// Turns weights into constants of a graph: checks that the checkpoint has them in the shape expected, and stores a weight used twice once.
/// </summary>
internal sealed class WeightInitializers(GraphBuilder graph, WeightSource weights)
{
    private readonly HashSet<string> _emitted = [];

    /// <summary>A matrix of the checkpoint, under its own name.</summary>
    /// <exception cref="ModelFormatException">The weight is missing or has another shape.</exception>
    public string Matrix(string name, long rows, long columns) => Matrix(name, [new WeightPart(name, rows)], columns);

    /// <summary>Matrices [part.Size, columns] of the checkpoint, one above the other, as one constant.</summary>
    /// <exception cref="ModelFormatException">A weight is missing or has another shape.</exception>
    public string Matrix(string name, ImmutableArray<WeightPart> parts, long columns)
    {
        foreach (var part in parts)
        {
            RequiredWeights.Check(weights, part.Name, [part.Size, columns]);
        }
        return Emit(name, () => new StackedMatrices(weights, parts, columns));
    }

    /// <summary>A vector of the checkpoint, under its own name.</summary>
    /// <exception cref="ModelFormatException">The weight is missing or has another length.</exception>
    public string Vector(string name, long length) => Vector(name, [new WeightPart(name, length)]);

    /// <summary>Vectors of the checkpoint, end to end, as one constant.</summary>
    /// <exception cref="ModelFormatException">A weight is missing or has another length.</exception>
    public string Vector(string name, ImmutableArray<WeightPart> parts)
    {
        foreach (var part in parts)
        {
            RequiredWeights.Check(weights, part.Name, [part.Size]);
        }
        return Emit(name, () => new JoinedVectors(weights, parts));
    }

    private string Emit(string name, Func<TensorData> data) => _emitted.Add(name) ? graph.Initializer(name, data()) : name;
}
