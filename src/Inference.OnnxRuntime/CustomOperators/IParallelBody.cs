namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>The work of a parallel loop: a struct of pointers and sizes, so that running it allocates nothing.</summary>
public interface IParallelBody
{
    /// <summary>Runs iteration <paramref name="index"/>; called from several threads at once, in any order.</summary>
    void Invoke(int index);
}
