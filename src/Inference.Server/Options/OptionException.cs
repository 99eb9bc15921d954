namespace Inference.Server.Options;

/// <summary>An option is unknown or has a wrong value. The message is one line that names it.</summary>
internal sealed class OptionException(string message) : Exception(message);
