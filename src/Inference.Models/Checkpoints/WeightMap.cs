using System.Globalization;

namespace Inference.Models.Checkpoints;

/// <summary>Where a family's checkpoints have the weights that <see cref="WeightNames"/> names; what is not said is under its own name.</summary>
internal sealed class WeightMap
{
    private readonly Dictionary<string, WeightView> _views = new(StringComparer.Ordinal);

    /// <summary>By the names of <see cref="WeightNames"/>.</summary>
    public IReadOnlyDictionary<string, WeightView> Views => _views;

    /// <summary>A weight, and the bias that goes with it if there is one.</summary>
    /// <param name="name">As in <see cref="WeightNames"/>.</param>
    /// <param name="stored">The stored name, without <c>.weight</c> or <c>.bias</c>.</param>
    /// <param name="rows">Of both; null for all.</param>
    /// <param name="isTransposed">Whether the matrix is [in, out].</param>
    public void Add(string name, string stored, RowSelection? rows = null, bool isTransposed = false)
    {
        Add(name, new WeightView(stored + ".weight") { Rows = rows, IsTransposed = isTransposed });
        Add(WeightNames.BiasOf(name), new WeightView(stored + ".bias") { Rows = rows });
    }

    /// <summary>A weight.</summary>
    public void Add(string name, WeightView view) => _views[name] = view;

    /// <summary>Queries, keys and values out of one projection.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="stored">The stored name, without <c>.weight</c> or <c>.bias</c>.</param>
    /// <param name="rows">Of each.</param>
    /// <param name="isTransposed">Whether the matrix is [in, out].</param>
    public void AddQkv(
        int layer, string stored, (RowSelection Query, RowSelection Key, RowSelection Value) rows, bool isTransposed = false)
    {
        Add(WeightNames.Query(layer), stored, rows.Query, isTransposed);
        Add(WeightNames.Key(layer), stored, rows.Key, isTransposed);
        Add(WeightNames.Value(layer), stored, rows.Value, isTransposed);
    }

    /// <summary>
    /// Brings what <see cref="AddQkv"/> said of queries and keys, or their own names, to pairs in halves; see
    /// <see cref="HeadRows.Paired"/>.
    /// </summary>
    public void Pair(int layer, AttentionSpec attention, bool isInterleaved = false)
    {
        var turning = attention.Rotary?.Size ?? attention.HeadSize;
        if (turning == attention.HeadSize && !isInterleaved)
        {
            return;
        }

        Reorder(WeightNames.Query(layer), attention.HeadCount);
        Reorder(WeightNames.Key(layer), attention.KvHeadCount);

        void Reorder(string weight, int heads)
        {
            var order = HeadRows.Paired(heads, attention.HeadSize, turning, isInterleaved);
            foreach (var name in new[] { weight, WeightNames.BiasOf(weight) })
            {
                var view = _views.GetValueOrDefault(name) ?? new WeightView(name);
                _views[name] = view with { Rows = view.Rows?.Then(order) ?? order };
            }
        }
    }

    /// <summary>Has something added to every norm of the layers and to the last one, as families do whose norms multiply by 1 + weight.</summary>
    public void AddOneToNorms(DecoderSpec spec)
    {
        foreach (var (name, _) in RequiredWeights.Of(spec))
        {
            if (name.EndsWith("norm.weight", StringComparison.Ordinal))
            {
                _views[name] = (_views.GetValueOrDefault(name) ?? new WeightView(name)) with { Plus = 1 };
            }
        }
    }

    /// <summary>The beginning of the names of a layer's tensors.</summary>
    public static string Layer(string prefix, int layer) => string.Create(CultureInfo.InvariantCulture, $"{prefix}.{layer}.");
}
