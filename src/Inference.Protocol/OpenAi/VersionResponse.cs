namespace Inference.Protocol.OpenAi;

/// <summary>The answer of /version.</summary>
/// <param name="Version">The server's version.</param>
public sealed record VersionResponse(string Version);
