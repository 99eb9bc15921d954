namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /v1/unload_lora_adapter.</summary>
public sealed record UnloadLoraRequest
{
    /// <summary>The adapter's name; required. Requests that run with it go on to their end.</summary>
    public string? LoraName { get; init; }
}
