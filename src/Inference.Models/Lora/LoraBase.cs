using System.Collections.Frozen;
using System.Collections.Immutable;
using Inference.Models.Checkpoints;
using Inference.Models.Conversion;
using Inference.Models.Graphs;
using Inference.Models.Rotation;

namespace Inference.Models.Lora;

/// <summary>
/// A decoder as adapters see it: its projections, under the names that its family's modules have, and in which form it computes them.
/// Immutable; does not need the model's files any more.
/// </summary>
public sealed class LoraBase
{
    private const string WeightSuffix = ".weight";

    private readonly FrozenDictionary<string, ImmutableArray<LoraTarget>> _targets;
    private readonly FrozenDictionary<string, float[]> _norms;

    private LoraBase(
        int siteCount, FrozenDictionary<string, ImmutableArray<LoraTarget>> targets, FrozenDictionary<string, float[]> norms) =>
        (SiteCount, _targets, _norms) = (siteCount, targets, norms);

    /// <summary>Products that adapters can change.</summary>
    public int SiteCount { get; }

    /// <summary>The last parts of the modules' names, for messages.</summary>
    internal string ModuleKinds => string.Join(
        ", ", _targets.Keys.Select(module => module[(module.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Reads what adapters need to know of a model.</summary>
    /// <param name="model">The model's files.</param>
    /// <param name="dtype">In which numbers it is to compute: in int8 its matrices are rotated, and so must adapters be.</param>
    public static LoraBase Of(ModelFolder model, ModelDType dtype)
    {
        var (spec, map) = (model.Spec, model.Family.MapOf(model.Spec));
        var rotations = dtype == ModelDType.Int8 ? RotatedWeights.RotationsOf(spec) : null;
        var modules = new Dictionary<string, List<LoraTarget>>(StringComparer.Ordinal);
        var norms = new Dictionary<string, float[]>(StringComparer.Ordinal);
        var sites = LoraSites.Of(spec);
        foreach (var target in sites.SelectMany(Targets).Where(target => model.Weights.TryGetShape(target.Weight, out _)))
        {
            var view = map.Views.GetValueOrDefault(target.Weight) ?? new WeightView(target.Weight);
            var rotation = rotations?[target.Weight];
            foreach (var module in NamesOf(view.Stored!, model.Family.Prefix))
            {
                Add(modules, module, target with { Rows = view.Rows, Times = view.Times, Rotation = rotation });
            }

            if (rotation?.Norm is { } norm && !norms.ContainsKey(norm))
            {
                norms.Add(norm, new float[target.InputSize]);
                model.Weights.ReadRows(norm, 0, norms[norm]);
            }
        }

        return new LoraBase(
            sites.Length, modules.ToFrozenDictionary(module => module.Key, module => module.Value.ToImmutableArray()), norms.ToFrozenDictionary());
    }

    /// <summary>The projections that a module of the family's checkpoints holds, one above the other; empty if it is none.</summary>
    /// <param name="module">As checkpoints name it, without <c>.weight</c>; the names of bare models are known too.</param>
    internal ImmutableArray<LoraTarget> Find(string module) => _targets.GetValueOrDefault(module, []);

    /// <summary>The weights of a norm that is folded into the matrices behind it.</summary>
    internal ReadOnlySpan<float> Norm(string name) => _norms[name];

    private static IEnumerable<LoraTarget> Targets(LinearLayer site, int index)
    {
        var first = 0;
        foreach (var part in site.Parts)
        {
            yield return new LoraTarget(index, part.Name, site.InputSize, first, (int)part.Size);
            first += (int)part.Size;
        }
    }

    private static IEnumerable<string> NamesOf(string stored, string prefix)
    {
        var module = stored[..^WeightSuffix.Length];
        return module.StartsWith(prefix, StringComparison.Ordinal) ? [module, module[prefix.Length..]] : [module];
    }

    private static void Add(Dictionary<string, List<LoraTarget>> modules, string module, LoraTarget target)
    {
        if (!modules.TryGetValue(module, out var targets))
        {
            modules.Add(module, targets = []);
        }

        targets.Add(target);
    }
}
