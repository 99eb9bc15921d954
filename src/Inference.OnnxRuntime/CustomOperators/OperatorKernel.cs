namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>Computes one node. ONNX Runtime may run it from several threads at once if the session is run so. Disposed with its session if disposable.</summary>
public abstract class OperatorKernel
{
    /// <summary>Reads the inputs, writes the outputs. An exception fails the run with its message.</summary>
    protected internal abstract void Compute(KernelContext context);
}
