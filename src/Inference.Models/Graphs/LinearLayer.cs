using System.Collections.Immutable;

namespace Inference.Models.Graphs;

/// <summary>A projection: y = x * transpose(weight) + bias. Projections of one input are packed into one.</summary>
/// <param name="Name">Of the node and, when several weights are packed, of the constant.</param>
/// <param name="InputSize">Columns of the weights.</param>
/// <param name="Parts">The weights, in the order of their outputs; Size is the number of outputs.</param>
/// <param name="HasBias">Whether each weight has a bias.</param>
internal sealed record LinearLayer(string Name, int InputSize, ImmutableArray<WeightPart> Parts, bool HasBias)
{
    /// <summary>The biases that go with the weights, if they have any.</summary>
    public ImmutableArray<WeightPart> Biases => [.. Parts.Select(part => part with { Name = WeightNames.BiasOf(part.Name) })];
}
