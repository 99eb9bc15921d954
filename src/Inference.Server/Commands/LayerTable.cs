using System.Globalization;
using Inference.Models;
using Inference.Models.Conversion;

namespace Inference.Server.Commands;

/// <summary>A decoder layer by layer; neighbours that are alike share a line.</summary>
internal static class LayerTable
{
    /// <summary>The lines, a heading first.</summary>
    public static IEnumerable<string> Of(DecoderSpec spec)
    {
        var parameters = ConversionSize.Parameters(spec).ToList();
        yield return $"{"Part",-12}{"parameters",14}   what it computes";
        yield return Row("embedding", Sum(parameters, name => !IsInLayer(name) && !IsBehindLayers(name)), Embedding(spec));
        var first = 0;
        for (var layer = 1; layer <= spec.LayerCount; layer++)
        {
            if (layer < spec.LayerCount && Layer(spec, layer) == Layer(spec, first))
            {
                continue;
            }

            var each = Sum(parameters, name => name.StartsWith(Prefix(first), StringComparison.Ordinal));
            var range = layer - first == 1 ? $"layer {first}" : $"{first} to {layer - 1}";
            yield return Row(range, each, (layer - first == 1 ? "" : "each: ") + Layer(spec, first));
            first = layer;
        }

        yield return Row("head", Sum(parameters, IsBehindLayers), Head(spec));
    }

    private static string Row(string part, long parameters, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{part,-12}{parameters,14:N0}   {what}");

    private static long Sum(List<(string Name, long Elements)> parameters, Func<string, bool> isIn) =>
        parameters.Where(weight => isIn(weight.Name)).Sum(weight => weight.Elements);

    private static string Prefix(int layer) => string.Create(CultureInfo.InvariantCulture, $"model.layers.{layer}.");

    private static bool IsInLayer(string name) => name.StartsWith("model.layers.", StringComparison.Ordinal);

    private static bool IsBehindLayers(string name) => name.StartsWith("model.norm.", StringComparison.Ordinal) || name.StartsWith("lm_head.", StringComparison.Ordinal);

    private static string Embedding(DecoderSpec spec) => string.Join(", ", new[]
    {
        $"tokens to {spec.HiddenSize}",
        spec.Embedding.Multiplier == 1 ? null : string.Create(CultureInfo.InvariantCulture, $"times {spec.Embedding.Multiplier:0.###}"),
        spec.Embedding.LearnedPositions > 0 ? $"{spec.Embedding.LearnedPositions} learned positions" : null,
        spec.Embedding.HasNorm ? "a norm" : null,
    }.OfType<string>());

    private static string Layer(DecoderSpec spec, int layer)
    {
        var attention = spec.AttentionOf(layer);
        return string.Join(", ", new[]
        {
            attention.HeadCount == attention.KvHeadCount
                ? $"{attention.HeadCount} heads of {attention.HeadSize}"
                : $"{attention.HeadCount} heads of {attention.HeadSize} on {attention.KvHeadCount} of keys and values",
            attention.Window > 0 ? $"window of {attention.Window}" : null,
            attention.Alibi is not null ? "linear biases" : Rotary(attention),
            attention.QkNorm == QkNorm.None ? null : "norms of queries and keys",
            attention.Softcap > 0 ? string.Create(CultureInfo.InvariantCulture, $"scores capped at {attention.Softcap}") : null,
            $"{(spec.Mlp.IsPlain ? "plain" : "gated")} MLP of {spec.Mlp.IntermediateSize} with {spec.Mlp.Activation.ToString().ToLowerInvariant()}",
            spec.Residual == ResidualKind.Sequential ? null : "both side by side",
            $"{(spec.Norm.Kind == NormKind.Rms ? "RMS" : "layer")} norms {Place(spec.Norm.Placement)}",
            attention.HasQkvBias || attention.HasOutputBias || spec.Mlp.HasBias ? "biases" : null,
        }.OfType<string>());
    }

    private static string? Rotary(AttentionSpec attention) => attention.Rotary is not { } rotary ? "no rotary positions"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"rotary at {rotary.Theta:0.#}{(rotary.Size is { } size && size != attention.HeadSize ? $" on {size}" : "")}{(rotary.Divisors is null ? "" : ", stretched")}");

    private static string Place(NormPlacement placement) => placement switch
    {
        NormPlacement.Before => "before",
        NormPlacement.After => "after",
        _ => "before and after",
    };

    private static string Head(DecoderSpec spec) => string.Join(", ", new[]
    {
        "a norm",
        spec.TieWordEmbeddings ? $"the embedding to {spec.VocabularySize} logits" : $"to {spec.VocabularySize} logits",
        spec.Head.HasBias ? "a bias" : null,
        spec.Head.Multiplier == 1 ? null : string.Create(CultureInfo.InvariantCulture, $"times {spec.Head.Multiplier:0.###}"),
        spec.Head.Softcap > 0 ? string.Create(CultureInfo.InvariantCulture, $"capped at {spec.Head.Softcap}") : null,
    }.OfType<string>());
}
