using Inference.Protocol.OpenAi;
using Inference.Server.Serving;

namespace Inference.Server.Endpoints;

/// <summary>GET /v1/models and /v1/models/{id}.</summary>
internal sealed class ModelsEndpoint(ModelRegistry models)
{
    private readonly ModelCard[] _models =
    [
        .. models.All.SelectMany(model => model.Names.Select(
            name => new ModelCard(name, model.LoadedAt.ToUnixTimeSeconds(), model.Names[0], model.MaxModelLength))),
    ];

    /// <summary>Every name: models, then adapters, which may come and go.</summary>
    public Task ListAsync(HttpContext context) => JsonResponse.WriteAsync(context, new ModelList([.. Cards()]), OpenAiJsonContext.Default.ModelList);

    /// <summary>One name.</summary>
    public Task GetAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"] as string ?? "";
        var card = Cards().FirstOrDefault(card => card.Id == id) ?? throw ModelRegistry.NotFound(id);
        return JsonResponse.WriteAsync(context, card, OpenAiJsonContext.Default.ModelCard);
    }

    private IEnumerable<ModelCard> Cards() => _models.Concat(models.Decoders.SelectMany(decoder => decoder.Adapters.All.Select(
        adapter => new ModelCard(adapter.Name, adapter.LoadedAt.ToUnixTimeSeconds(), decoder.Names[0], decoder.MaxModelLength)
        {
            Parent = decoder.Names[0],
        })));
}
