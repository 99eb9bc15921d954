namespace Inference.Protocol.OpenAi;

/// <summary>The answer of GET /load.</summary>
/// <param name="ServerLoad">Requests that are being answered.</param>
public sealed record LoadResponse(int ServerLoad);
