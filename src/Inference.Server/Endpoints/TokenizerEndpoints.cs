using Inference.Protocol.OpenAi;
using Inference.Server.Errors;
using Inference.Server.Serving;
using Inference.Server.Validation;

namespace Inference.Server.Endpoints;

/// <summary>POST /tokenize and /detokenize.</summary>
internal sealed class TokenizerEndpoints(ModelRegistry models)
{
    /// <summary>The tokens of a prompt, or of a conversation.</summary>
    public async Task TokenizeAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.TokenizeRequest, context.RequestAborted);
        var model = models.Any(body.Model);
        var ids = (body.Prompt, body.Messages) switch
        {
            ({ } prompt, null) => model.Encoder.Encode(prompt, "prompt", body.AddSpecialTokens ?? true),
            (null, not null) => model.Encoder.Encode(Render(body, models.Decoder(body.Model).Renderer), "messages", body.AddSpecialTokens ?? false),
            _ => throw ApiErrors.Invalid("prompt", "Either 'prompt' or 'messages' must be given."),
        };
        IReadOnlyList<string>? spelling = body.ReturnTokenStrs == true ? [.. ids.ToArray().Select(id => model.Tokenizer.IdToToken(id) ?? "")] : null;
        var response = new TokenizeResponse(ids.Length, model.MaxModelLength, ids, spelling);
        await JsonResponse.WriteAsync(context, response, OpenAiJsonContext.Default.TokenizeResponse);
    }

    /// <summary>The text of tokens.</summary>
    public async Task DetokenizeAsync(HttpContext context)
    {
        var body = await RequestReader.ReadAsync(context.Request, OpenAiJsonContext.Default.DetokenizeRequest, context.RequestAborted);
        var model = models.Any(body.Model);
        var tokens = body.Tokens ?? throw ApiErrors.Invalid("tokens", "'tokens' is missing.");
        var ids = model.Encoder.Encode(new PromptItem([new PromptPart(null, tokens)]), "tokens", addSpecialTokens: false);
        await JsonResponse.WriteAsync(
            context, new DetokenizeResponse(model.Tokenizer.Decode(ids.Span, skipSpecialTokens: false)), OpenAiJsonContext.Default.DetokenizeResponse);
    }

    private static string Render(TokenizeRequest body, ChatPromptRenderer renderer)
    {
        var chat = new ChatCompletionRequest
        {
            Messages = body.Messages,
            Tools = body.Tools,
            AddGenerationPrompt = body.AddGenerationPrompt,
            ContinueFinalMessage = body.ContinueFinalMessage,
            ChatTemplate = body.ChatTemplate,
            ChatTemplateKwargs = body.ChatTemplateKwargs,
        };
        return renderer.Render(chat, ToolValidator.Validate(chat).Tools);
    }
}
