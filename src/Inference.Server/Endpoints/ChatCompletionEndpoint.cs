using Inference.Protocol.OpenAi;
using Inference.Server.Admission;
using Inference.Server.Serving;
using Inference.Server.Streaming;

namespace Inference.Server.Endpoints;

/// <summary>POST /v1/chat/completions.</summary>
internal sealed class ChatCompletionEndpoint(ModelRegistry models)
{
    /// <summary>Reads, checks, runs, answers.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.ChatCompletionRequest, context.RequestAborted);
        var decoder = models.Decoder(body.Model);
        var generation = DeadlineHeader.Apply(context.Request, decoder.Chats.Validate(body, "chatcmpl-" + context.TraceIdentifier));
        generation = await decoder.Constraints.ApplyAsync(generation, context.RequestAborted);
        await decoder.Responder.RespondAsync(context, generation, new ChatFormat(generation, decoder.Model.Tokenizer));
    }
}
