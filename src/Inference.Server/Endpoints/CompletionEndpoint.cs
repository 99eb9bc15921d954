using Inference.Protocol.OpenAi;
using Inference.Server.Admission;
using Inference.Server.Serving;
using Inference.Server.Streaming;
using Inference.Server.Validation;

namespace Inference.Server.Endpoints;

/// <summary>POST /v1/completions.</summary>
internal sealed class CompletionEndpoint(CompletionValidator validator, ConstraintCompilation constraints, GenerationResponder responder, ServedModel model)
{
    /// <summary>Reads, checks, runs, answers.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.CompletionRequest, context.RequestAborted);
        var generation = DeadlineHeader.Apply(context.Request, validator.Validate(body, "cmpl-" + context.TraceIdentifier));
        generation = await constraints.ApplyAsync(generation, context.RequestAborted);
        await responder.RespondAsync(context, generation, new CompletionFormat(generation, model.Tokenizer));
    }
}
