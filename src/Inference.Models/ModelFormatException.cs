namespace Inference.Models;

/// <summary>A model's files cannot be used; the message is one line that names the file and what is wrong in it.</summary>
public sealed class ModelFormatException : Exception
{
    /// <summary>With a one-line message.</summary>
    public ModelFormatException(string message)
        : base(message)
    {
    }

    /// <summary>With a one-line message and the cause.</summary>
    public ModelFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
