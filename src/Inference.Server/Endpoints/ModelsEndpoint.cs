using Inference.Protocol.OpenAi;
using Inference.Server.Serving;

namespace Inference.Server.Endpoints;

/// <summary>GET /v1/models and /v1/models/{id}.</summary>
internal sealed class ModelsEndpoint(ModelRegistry models)
{
    private readonly ModelList _list = new(
    [
        .. models.All.SelectMany(model => model.Names.Select(
            name => new ModelCard(name, model.LoadedAt.ToUnixTimeSeconds(), model.Names[0], model.MaxModelLength))),
    ]);

    /// <summary>Every name.</summary>
    public Task ListAsync(HttpContext context) => JsonResponse.WriteAsync(context, _list, OpenAiJsonContext.Default.ModelList);

    /// <summary>One name.</summary>
    public Task GetAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string ?? "";
        var card = _list.Data.FirstOrDefault(card => card.Id == id) ?? throw ModelRegistry.NotFound(id);
        return JsonResponse.WriteAsync(context, card, OpenAiJsonContext.Default.ModelCard);
    }
}
