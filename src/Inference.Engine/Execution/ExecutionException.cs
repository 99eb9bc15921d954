namespace Inference.Engine.Execution;

/// <summary>A step failed in the executor.</summary>
public sealed class ExecutionException : Exception
{
    /// <summary>With a message that names what failed.</summary>
    public ExecutionException(string message)
        : base(message)
    {
    }

    /// <summary>With a message that names what failed, and its cause.</summary>
    public ExecutionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
