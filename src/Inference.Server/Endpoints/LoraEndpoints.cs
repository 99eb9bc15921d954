using Inference.Protocol.OpenAi;
using Inference.Server.Serving.Lora;

namespace Inference.Server.Endpoints;

/// <summary>POST /v1/load_lora_adapter and /v1/unload_lora_adapter, as in vLLM; only with --allow-runtime-lora-updating.</summary>
internal sealed class LoraEndpoints(AdapterDesk desk)
{
    /// <summary>Loads an adapter.</summary>
    public async Task LoadAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.LoadLoraRequest, context.RequestAborted);
        await desk.LoadAsync(body.LoraName, body.LoraPath, body.BaseModelName, body.LoadInplace ?? false, context.RequestAborted);
        await WriteAsync(context, $"Success: LoRA adapter '{body.LoraName}' added successfully.");
    }

    /// <summary>Unloads an adapter.</summary>
    public async Task UnloadAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.UnloadLoraRequest, context.RequestAborted);
        await desk.UnloadAsync(body.LoraName, context.RequestAborted);
        await WriteAsync(context, $"Success: LoRA adapter '{body.LoraName}' removed successfully.");
    }

    private static Task WriteAsync(HttpContext context, string text)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
