using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Inference.Models.Checkpoints;
using Inference.Models.Tests.SafeTensors;

namespace Inference.Models.Tests.Packed;

/// <summary>
/// Makes packed checkpoints of a float one, by rounding its projections to few bits and storing them as the publishers' packers do:
/// AutoGPTQ's QuantLinear and AutoAWQ's WQLinear_GEMM. Tells the matrices that are meant.
/// </summary>
/// <param name="bits">Of a weight.</param>
/// <param name="groupSize">Inputs that share a scale; -1 for all.</param>
internal sealed class PackedCheckpoint(int bits, int groupSize)
{
    private static readonly int[] AwqOrder = [0, 2, 4, 6, 1, 3, 5, 7];

    private readonly Random _random = new(5);

    /// <summary>AWQ, else GPTQ.</summary>
    public bool IsAwq { get; init; }

    /// <summary>Whether zero points are stored as they are (gptq_v2).</summary>
    public bool IsSecondFormat { get; init; }

    /// <summary>Whether the inputs of a group are in no order (desc_act).</summary>
    public bool IsShuffled { get; init; }

    /// <summary>Whether all zero points are the middle.</summary>
    public bool IsSymmetric { get; init; }

    /// <summary>What is meant, by the name of the weight.</summary>
    public Dictionary<string, float[]> Expected { get; } = [];

    /// <summary>The settings, as config.json has them.</summary>
    public JsonObject Config => IsAwq
        ? new JsonObject { ["quant_method"] = "awq", ["bits"] = bits, ["group_size"] = groupSize, ["zero_point"] = true, ["version"] = "gemm" }
        : new JsonObject
        {
            ["quant_method"] = "gptq", ["bits"] = bits, ["group_size"] = groupSize, ["desc_act"] = IsShuffled, ["sym"] = IsSymmetric,
            ["checkpoint_format"] = IsSecondFormat ? "gptq_v2" : "gptq",
        };

    private int PerWord => 32 / bits;

    /// <summary>The tensors of a checkpoint whose projections are packed.</summary>
    public SafeTensorsBuilder Pack(ModelFolder model)
    {
        var builder = new SafeTensorsBuilder();
        foreach (var (name, shape) in RequiredWeights.Of(model.Spec))
        {
            var values = new float[TensorShape.ElementCount(shape)];
            model.Weights.ReadRows(name, 0, values);
            if (name.Contains("_proj.weight", StringComparison.Ordinal))
            {
                Pack(builder, name, values, (int)shape[0], (int)shape[1]);
            }
            else
            {
                builder.With(name, [.. shape], values);
            }
        }

        return builder;
    }

    private void Pack(SafeTensorsBuilder builder, string name, float[] matrix, int outputs, int inputs)
    {
        var size = groupSize == -1 ? inputs : groupSize;
        var groups = (inputs + size - 1) / size;
        var order = Enumerable.Range(0, inputs).ToArray();
        if (IsShuffled)
        {
            _random.Shuffle(order);
        }

        var groupOf = new int[inputs];
        for (var i = 0; i < inputs; i++)
        {
            groupOf[order[i]] = i / size;
        }

        var (scales, zeros, quants) = (new Half[groups, outputs], new int[groups, outputs], new int[inputs, outputs]);
        var (most, meant) = ((1 << bits) - 1, new float[matrix.Length]);
        foreach (var ((output, group), members) in
            from output in Enumerable.Range(0, outputs)
            from members in Enumerable.Range(0, inputs).GroupBy(input => groupOf[input])
            select ((output, members.Key), members.ToArray()))
        {
            var step = members.Max(input => Math.Abs(matrix[(output * inputs) + input])) * 2 / most;
            scales[group, output] = (Half)step;
            zeros[group, output] = IsSymmetric ? (most + 1) / 2 : _random.Next(0, most + 1);
            foreach (var input in members)
            {
                var quant = Math.Clamp((int)MathF.Round(matrix[(output * inputs) + input] / step) + zeros[group, output], 0, most);
                quants[input, output] = quant;
                meant[(output * inputs) + input] = (float)(Half)step * (quant - zeros[group, output]);
            }
        }

        Expected.Add(name, meant);
        Store(builder, name[..^".weight".Length], quants, zeros, scales, groupOf);
    }

    private void Store(SafeTensorsBuilder builder, string module, int[,] quants, int[,] zeros, Half[,] scales, int[] groupOf)
    {
        var (inputs, outputs, groups) = (quants.GetLength(0), quants.GetLength(1), zeros.GetLength(0));
        long[] shape = IsAwq ? [inputs, outputs / PerWord] : [inputs / PerWord, outputs];
        builder.With(module + ".qweight", "I32", shape, Bytes(IsAwq ? AlongOutputs(quants) : AlongInputs(quants)));

        // The first format takes one off, and keeps as many bits.
        var offset = IsAwq || IsSecondFormat ? 0 : 1;
        var stored = new int[groups, outputs];
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i / outputs, i % outputs] = (zeros[i / outputs, i % outputs] - offset) & ((1 << bits) - 1);
        }

        builder.With(module + ".qzeros", "I32", [groups, outputs / PerWord], Bytes(AlongOutputs(stored)));
        builder.With(module + ".scales", "F16", [groups, outputs], Bytes([.. scales.Cast<Half>()]));
        if (!IsAwq)
        {
            builder.With(module + ".g_idx", "I32", [inputs], Bytes(groupOf));
            builder.With(module + ".bias", "F16", [outputs], new byte[2 * outputs]);
        }
    }

    private int[] AlongInputs(int[,] values)
    {
        var (rows, columns) = (values.GetLength(0) / PerWord, values.GetLength(1));
        var words = new int[rows * columns];
        for (var i = 0; i < words.Length; i++)
        {
            for (var k = 0; k < PerWord; k++)
            {
                words[i] |= values[(i / columns * PerWord) + k, i % columns] << (k * bits);
            }
        }

        return words;
    }

    private int[] AlongOutputs(int[,] values)
    {
        var (rows, columns) = (values.GetLength(0), values.GetLength(1) / PerWord);
        var words = new int[rows * columns];
        for (var i = 0; i < words.Length; i++)
        {
            for (var k = 0; k < PerWord; k++)
            {
                words[i] |= values[i / columns, (i % columns * PerWord) + (IsAwq ? AwqOrder[k] : k)] << (k * bits);
            }
        }

        return words;
    }

    private static byte[] Bytes<T>(T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();
}
