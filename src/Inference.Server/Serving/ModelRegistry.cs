using System.Collections.Frozen;
using System.Collections.Immutable;
using Inference.Server.Errors;

namespace Inference.Server.Serving;

/// <summary>The models that are served, by the names that requests use. Owns them.</summary>
internal sealed class ModelRegistry : IAsyncDisposable
{
    private const int MaxShownLength = 128;

    private readonly FrozenDictionary<string, ServedDecoder> _byName;

    /// <param name="decoders">At least one; all their names differ. The first is for requests that name none.</param>
    public ModelRegistry(ImmutableArray<ServedDecoder> decoders)
    {
        Decoders = decoders;
        _byName = decoders
            .SelectMany(decoder => decoder.Model.Names.Select(name => KeyValuePair.Create(name, decoder)))
            .ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The models that generate text, in the order in which they were asked for.</summary>
    public ImmutableArray<ServedDecoder> Decoders { get; }

    /// <summary>The decoder that a request's field "model" names; the first when it names none.</summary>
    /// <exception cref="ApiException">404: there is no such model.</exception>
    public ServedDecoder Decoder(string? name)
    {
        if (name is null)
        {
            return Decoders[0];
        }

        return _byName.TryGetValue(name, out var decoder) ? decoder : throw NotFound(name);
    }

    /// <summary>404 for a name, which it shows in part when it is long.</summary>
    public static ApiException NotFound(string name) => ApiErrors.ModelNotFound(name.Length <= MaxShownLength ? name : name[..MaxShownLength] + "…");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var decoder in Decoders)
        {
            await decoder.DisposeAsync();
        }
    }
}
