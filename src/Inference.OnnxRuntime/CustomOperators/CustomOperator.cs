using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>An operator for ONNX Runtime's CPU provider, written in C#. Immutable: one instance serves every session it is registered with.</summary>
public abstract class CustomOperator
{
    /// <summary>The most inputs, and the most outputs, that an operator may have.</summary>
    public const int MaxArity = 24;

    /// <summary>Describes an operator; all its outputs are required, and all its inputs but the last <see cref="OptionalInputs"/>.</summary>
    /// <param name="name">Its <c>op_type</c> in the graph.</param>
    /// <param name="inputs">Element types in order.</param>
    /// <param name="outputs">Element types in order.</param>
    /// <exception cref="ArgumentException">More than <see cref="MaxArity"/> inputs or outputs.</exception>
    protected CustomOperator(string name, ImmutableArray<TensorElementType> inputs, ImmutableArray<TensorElementType> outputs)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(inputs.Length, MaxArity, nameof(inputs));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputs.Length, MaxArity, nameof(outputs));
        Name = name;
        Inputs = inputs;
        Outputs = outputs;
    }

    /// <summary>The <c>op_type</c> of its nodes.</summary>
    public string Name { get; }

    /// <summary>How many of its last inputs a node may leave out; <see cref="KernelContext.InputCount"/> tells whether it did.</summary>
    public int OptionalInputs { get; protected init; }

    /// <summary>
    /// Whether its first output may lie where its first input does. ONNX Runtime makes it so where nobody else needs the input, and the
    /// graph says that both have the same shape; a kernel has to look.
    /// </summary>
    public bool MayWorkInPlace { get; protected init; }

    /// <summary>Element types of its inputs.</summary>
    public ImmutableArray<TensorElementType> Inputs { get; }

    /// <summary>Element types of its outputs.</summary>
    public ImmutableArray<TensorElementType> Outputs { get; }

    /// <summary>Makes the kernel of one node. An exception fails the session's creation with its message.</summary>
    /// <param name="info">The node's attributes.</param>
    protected internal abstract OperatorKernel CreateKernel(KernelInfo info);
}
