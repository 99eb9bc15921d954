using System.Collections.Frozen;
using System.Collections.Immutable;
using Inference.Server.Errors;

namespace Inference.Server.Serving;

/// <summary>The models that are served, by the names that requests use. Owns them.</summary>
/// <param name="decoders">Those that generate text; all names differ. The first is for requests that name none.</param>
/// <param name="embedders">Those that make vectors of texts, likewise.</param>
internal sealed class ModelRegistry(ImmutableArray<ServedDecoder> decoders, ImmutableArray<ServedEmbedder> embedders) : IAsyncDisposable
{
    private const int MaxShownLength = 128;

    private readonly FrozenDictionary<string, IServedModel> _byName = decoders.Cast<IServedModel>().Concat(embedders)
        .SelectMany(model => model.Names.Select(name => KeyValuePair.Create(name, model)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The models that generate text, in the order in which they were asked for.</summary>
    public ImmutableArray<ServedDecoder> Decoders => decoders;

    /// <summary>The models that make vectors of texts, in the order in which they were asked for.</summary>
    public ImmutableArray<ServedEmbedder> Embedders => embedders;

    /// <summary>All of them.</summary>
    public ImmutableArray<IServedModel> All { get; } = [.. decoders, .. embedders];

    /// <summary>
    /// The model of any kind that a request's field "model" names, itself or by one of its adapters; the first when it names none.
    /// </summary>
    /// <exception cref="ApiException">404: there is no such model.</exception>
    public IServedModel Any(string? name) => name is null ? All[0]
        : _byName.TryGetValue(name, out var model) ? model
        : FindAdapter(name) ?? throw NotFound(name);

    /// <summary>Whether a model has this name, rather than an adapter.</summary>
    public bool HasModel(string name) => _byName.ContainsKey(name);

    /// <summary>The decoder that has an adapter of this name, or null.</summary>
    public ServedDecoder? FindAdapter(string name) => decoders.FirstOrDefault(decoder => decoder.Adapters.Find(name) is not null);

    /// <summary>The decoder that a request's field "model" names; the first when it names none.</summary>
    /// <exception cref="ApiException">404: there is no such model. 400: it generates no text.</exception>
    public ServedDecoder Decoder(string? name) => name is null
        ? decoders.FirstOrDefault() ?? throw ApiErrors.WrongModel("This server has no model that generates text.")
        : Any(name) as ServedDecoder ?? throw ApiErrors.WrongModel("This model makes embeddings and generates no text: use /v1/embeddings, or another model.");

    /// <summary>The embedding model that a request's field "model" names; the first when it names none.</summary>
    /// <exception cref="ApiException">404: there is no such model. 400: it makes no embeddings.</exception>
    public ServedEmbedder Embedder(string? name) => name is null
        ? embedders.FirstOrDefault() ?? throw ApiErrors.WrongModel("This server has no embedding model.")
        : Any(name) as ServedEmbedder ?? throw ApiErrors.WrongModel("This model generates text and makes no embeddings: name an embedding model.");

    /// <summary>404 for a name, which it shows in part when it is long.</summary>
    public static ApiException NotFound(string name) => ApiErrors.ModelNotFound(Shown(name));

    /// <summary>A name as messages show it, in part when it is long.</summary>
    public static string Shown(string name) => name.Length <= MaxShownLength ? name : name[..MaxShownLength] + "…";

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var model in All)
        {
            await model.DisposeAsync();
        }
    }
}
