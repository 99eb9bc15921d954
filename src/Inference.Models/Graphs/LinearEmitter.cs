namespace Inference.Models.Graphs;

/// <summary>Emits projections from floats to floats: decides in which form their weights are stored and multiplied.</summary>
internal abstract class LinearEmitter
{
    /// <summary>Gives back the name of the output, FLOAT [rows of the input, sum of the parts' sizes].</summary>
    public abstract string Emit(string input, LinearLayer layer);

    /// <summary>Emits the product with the head, and the graph's outputs.</summary>
    /// <param name="input">FLOAT [rows whose logits are wanted, hidden].</param>
    /// <param name="spec">What the model computes.</param>
    public abstract void EmitHead(string input, DecoderSpec spec);
}
