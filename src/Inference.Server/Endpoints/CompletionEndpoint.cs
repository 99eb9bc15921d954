using Inference.Protocol.OpenAi;
using Inference.Server.Admission;
using Inference.Server.Serving;
using Inference.Server.Streaming;

namespace Inference.Server.Endpoints;

/// <summary>POST /v1/completions.</summary>
internal sealed class CompletionEndpoint(ModelRegistry models)
{
    /// <summary>Reads, checks, runs, answers.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.CompletionRequest, context.RequestAborted);
        var decoder = models.Decoder(body.Model);
        var generation = DeadlineHeader.Apply(context.Request, decoder.Completions.Validate(body, "cmpl-" + context.TraceIdentifier));
        generation = await decoder.Constraints.ApplyAsync(generation, context.RequestAborted);
        await decoder.Responder.RespondAsync(context, generation, new CompletionFormat(generation, decoder.Model.Tokenizer));
    }
}
