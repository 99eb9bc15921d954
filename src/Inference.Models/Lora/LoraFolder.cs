using System.Collections.Immutable;
using System.Numerics.Tensors;
using Inference.Models.Checkpoints;
using Inference.Models.Rotation;
using Inference.Models.SafeTensors;

namespace Inference.Models.Lora;

/// <summary>
/// An open adapter as PEFT saves it: adapter_config.json and adapter_model.safetensors, all of whose names and shapes have been checked
/// against the model that it is for. Matrices come in the form in which the model computes.
/// </summary>
public sealed class LoraFolder : IDisposable
{
    private const string WeightsName = "adapter_model.safetensors";
    private const string Prefix = "base_model.model.";
    private const string SuffixA = ".lora_A.weight";
    private const string SuffixB = ".lora_B.weight";

    private readonly LoraBase _model;
    private readonly AdaptedWeights _weights;

    private LoraFolder(LoraBase model, AdaptedWeights weights, ImmutableArray<LoraProjection> projections) =>
        (_model, _weights, Projections) = (model, weights, projections);

    /// <summary>What the adapter changes: each projection once.</summary>
    public ImmutableArray<LoraProjection> Projections { get; }

    /// <summary>Opens a folder.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="model">The model that the adapter is for.</param>
    /// <param name="maxRank">The largest rank that is taken (<c>--max-lora-rank</c>).</param>
    /// <exception cref="ModelFormatException">It is no adapter, does not fit the model, or needs what is not supported; the message names the
    /// file and the field or tensor.</exception>
    public static LoraFolder Open(string path, LoraBase model, int maxRank)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var folder = Path.GetFullPath(path);
        var weightsPath = Path.Combine(folder, WeightsName);
        if (!Directory.Exists(folder))
        {
            throw new ModelFormatException($"{path}: there is no such folder");
        }

        var config = LoraConfig.Read(Path.Combine(folder, LoraConfig.FileName));
        if (!File.Exists(weightsPath))
        {
            throw new ModelFormatException($"{path}: has no {WeightsName} (weights in other files, such as pickles, are not read)");
        }

        var source = SafeTensorsWeightSource.OpenFile(weightsPath);
        try
        {
            return Fit(weightsPath, source, model, config, maxRank);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    /// <summary>Reads A of a projection, [rank, in].</summary>
    public void ReadA(LoraProjection projection, Span<float> destination)
    {
        _weights.ReadRows(projection.StoredA, 0, destination);
        if (projection.Target.Rotation is { } rotation)
        {
            RotateInputs(rotation, destination, projection.InputSize);
        }
    }

    /// <summary>Reads B of a projection with the adapter's factor in it, [out, rank].</summary>
    public void ReadB(LoraProjection projection, Span<float> destination)
    {
        _weights.ReadRows(projection.Target.Weight, 0, destination);
        if (projection.Target.Rotation is { OutputBlock: > 1 } rotation)
        {
            Hadamard.TransformColumns(destination, projection.Rank, rotation.OutputBlock);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _weights.Dispose();

    private static LoraFolder Fit(string path, SafeTensorsWeightSource source, LoraBase model, LoraConfig config, int maxRank)
    {
        var map = new WeightMap();
        var projections = ImmutableArray.CreateBuilder<LoraProjection>();
        var names = source.Names.ToHashSet(StringComparer.Ordinal);
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            if (ModuleOf(name, SuffixB) is { } other && names.Contains(Prefix + other + SuffixA))
            {
                continue;
            }

            var module = ModuleOf(name, SuffixA) ?? throw Wrong(name, "is no lora_A weight, nor the lora_B weight of one");
            var (storedB, rank) = (Prefix + module + SuffixB, config.RankOf(module));
            var targets = model.Find(module);
            Require(!targets.IsEmpty, name, $"is for no projection of the model's that adapters can change: {model.ModuleKinds}");
            Require(names.Contains(storedB), name, "has no lora_B weight beside it");
            Require(rank <= maxRank, name, $"has rank {rank}; --max-lora-rank is {maxRank}");
            CheckShape(name, [rank, targets[0].InputSize]);
            CheckShape(storedB, [targets[0].Rows?.Total ?? targets[0].OutputSize, rank]);
            foreach (var target in targets)
            {
                Require(!map.Views.ContainsKey(target.Weight), name, "changes a projection that another tensor changes");
                map.Add(target.Weight, new WeightView(storedB) { Rows = target.Rows, Times = target.Times * config.FactorOf(module) });
                projections.Add(new LoraProjection(target, name, rank));
            }
        }

        return projections.Count > 0
            ? new LoraFolder(model, new AdaptedWeights(source, map, prefix: ""), projections.ToImmutable())
            : throw new ModelFormatException($"{path}: has no tensors");

        void CheckShape(string tensor, ReadOnlySpan<long> expected)
        {
            source.TryGetShape(tensor, out var shape);
            Require(
                shape.AsSpan().SequenceEqual(expected),
                tensor,
                $"has shape {TensorShape.Format(shape)}; model and configuration make it {TensorShape.Format([.. expected])}");
        }

        void Require(bool condition, string tensor, string otherwise)
        {
            if (!condition)
            {
                throw Wrong(tensor, otherwise);
            }
        }

        ModelFormatException Wrong(string tensor, string what) => new($"{path}: tensor '{OneLine.Shorten(tensor)}' {what}");
    }

    private static string? ModuleOf(string name, string suffix) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(suffix, StringComparison.Ordinal)
            && name.Length > Prefix.Length + suffix.Length
            ? name[Prefix.Length..^suffix.Length]
            : null;

    /// <summary>
    /// As <see cref="RotatedWeights"/> does with a matrix's inputs, but for a rotation that is done when the graph runs: an adapter takes
    /// its input before it.
    /// </summary>
    private void RotateInputs(MatrixRotation rotation, Span<float> rows, int columns)
    {
        for (var rest = rows; rotation.Norm is { } norm && !rest.IsEmpty; rest = rest[columns..])
        {
            TensorPrimitives.Multiply(rest[..columns], _model.Norm(norm), rest);
        }

        if (!rotation.IsOnline)
        {
            Hadamard.Transform(rows, rotation.InputBlock);
        }
    }
}
