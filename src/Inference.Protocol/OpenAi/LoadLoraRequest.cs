namespace Inference.Protocol.OpenAi;

/// <summary>The body of POST /v1/load_lora_adapter.</summary>
public sealed record LoadLoraRequest
{
    /// <summary>The name that requests will use; required.</summary>
    public string? LoraName { get; init; }

    /// <summary>The adapter's folder on the server; required.</summary>
    public string? LoraPath { get; init; }

    /// <summary>Whether the adapter takes the place of one that has the name already; requests that run go on with the old one.</summary>
    public bool? LoadInplace { get; init; }

    /// <summary>The model that the adapter is for; the first that generates text when left out.</summary>
    public string? BaseModelName { get; init; }
}
