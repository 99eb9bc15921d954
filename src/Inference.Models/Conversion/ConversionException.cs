namespace Inference.Models.Conversion;

/// <summary>
/// A converted model cannot be kept on disk; the message is one line that names the path, what is wrong with it and the option that changes
/// it.
/// </summary>
public sealed class ConversionException : Exception
{
    /// <summary>With a one-line message and the cause.</summary>
    public ConversionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
