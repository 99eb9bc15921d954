namespace Inference.Tokenization;

/// <summary>A tokenizer's file cannot be used. The message is one line that names the file and the field.</summary>
public sealed class TokenizerFormatException : Exception
{
    /// <param name="message">One line naming the file and the field.</param>
    /// <param name="innerException">What was found wrong at a lower level, when there is more to say.</param>
    public TokenizerFormatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
