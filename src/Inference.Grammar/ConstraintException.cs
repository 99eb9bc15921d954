namespace Inference.Grammar;

/// <summary>A constraint that cannot be compiled: malformed, using something that is not supported, or too large. The message is one line,
/// fit for the client, and names the place: a JSON pointer into a schema, a position in a pattern, a line of a grammar.</summary>
public sealed class ConstraintException : Exception
{
    /// <summary>With a message that names the place and what is wrong with it.</summary>
    public ConstraintException(string message)
        : base(message)
    {
    }

    /// <summary>With a message that names the place and what is wrong with it, and the cause.</summary>
    public ConstraintException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
