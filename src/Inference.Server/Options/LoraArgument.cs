namespace Inference.Server.Options;

/// <summary>One value of --lora.</summary>
/// <param name="Name">The name in requests.</param>
/// <param name="Path">The adapter's folder.</param>
internal sealed record LoraArgument(string Name, string Path)
{
    /// <summary>Takes NAME=PATH apart.</summary>
    /// <exception cref="FormatException">It is not of that form.</exception>
    public static LoraArgument Parse(string text) => text.Split('=', 2) is [var name, var path] && name.Trim() is { Length: > 0 } && path.Trim() is { Length: > 0 }
        ? new LoraArgument(name.Trim(), path.Trim())
        : throw new FormatException("must be NAME=PATH");
}
