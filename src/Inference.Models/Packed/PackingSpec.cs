using Inference.Models.Checkpoints;

namespace Inference.Models.Packed;

/// <summary>How the matrices of a checkpoint are packed, all of them alike.</summary>
/// <param name="Method">Where the bits are.</param>
/// <param name="Bits">Of a weight: 2, 4 or 8.</param>
/// <param name="GroupSize">Inputs that share a scale and a zero point; null for all.</param>
/// <param name="ZeroPointOffset">Added to stored zero points.</param>
internal sealed record PackingSpec(PackingMethod Method, int Bits, int? GroupSize, int ZeroPointOffset)
{
    private const string Section = "quantization_config";

    /// <summary>Weights in a word of 32 bits.</summary>
    public int PerWord => 32 / Bits;

    /// <summary>Reads <c>quantization_config</c> of a config.json; null where there is none.</summary>
    /// <exception cref="ModelFormatException">A method or a setting that cannot be read.</exception>
    public static PackingSpec? Find(JsonFields config) => config.GetObject(Section) is { } fields ? Read(fields) : null;

    /// <summary>Reads the settings themselves, as older checkpoints have them in a quantize_config.json of their own.</summary>
    /// <param name="fields">The settings.</param>
    /// <param name="otherwise">The method when they do not say it; null when they must.</param>
    /// <exception cref="ModelFormatException">A method or a setting that cannot be read.</exception>
    public static PackingSpec Read(JsonFields fields, string? otherwise = null)
    {
        var method = fields.GetString("quant_method") ?? fields.Require("quant_method", otherwise);
        return method switch
        {
            "gptq" => ReadGptq(fields),
            "awq" => ReadAwq(fields),
            _ => throw fields.Error("quant_method", $"'{OneLine.Shorten(method)}' is not supported, only awq and gptq"),
        };
    }

    private static PackingSpec ReadGptq(JsonFields fields)
    {
        var format = fields.GetString("checkpoint_format") ?? "gptq";
        if (format is not ("gptq" or "gptq_v2"))
        {
            throw fields.Error("checkpoint_format", $"'{OneLine.Shorten(format)}' is not supported, only gptq and gptq_v2");
        }

        if (fields.GetBool("is_marlin_format") ?? false)
        {
            throw fields.Error("is_marlin_format", "is true, and not supported");
        }

        if (fields.Has("dynamic") && fields.GetObject("dynamic")!.Names.Any())
        {
            throw fields.Error("dynamic", "sets other bits for some modules, and is not supported");
        }

        // The first format stores zero points less one.
        return new PackingSpec(PackingMethod.Gptq, ReadBits(fields, 2, 4, 8), ReadGroupSize(fields), format == "gptq" ? 1 : 0);
    }

    private static PackingSpec ReadAwq(JsonFields fields)
    {
        var version = fields.GetString("version") ?? "gemm";
        if (!version.Equals("gemm", StringComparison.OrdinalIgnoreCase))
        {
            throw fields.Error("version", $"'{OneLine.Shorten(version)}' is not supported, only gemm");
        }

        return fields.GetBool("zero_point") ?? true
            ? new PackingSpec(PackingMethod.Awq, ReadBits(fields, 4), ReadGroupSize(fields), 0)
            : throw fields.Error("zero_point", "is false, and not supported");
    }

    private static int ReadBits(JsonFields fields, params ReadOnlySpan<int> supported)
    {
        var bits = fields.Require("bits", fields.GetInt32("bits"));
        return supported.Contains(bits)
            ? bits
            : throw fields.Error("bits", $"is {bits}, and not supported, only {string.Join(", ", supported.ToArray())}");
    }

    private static int? ReadGroupSize(JsonFields fields)
    {
        var size = fields.Require("group_size", fields.GetInt32("group_size"));
        return size == -1 ? null
            : size >= 1 ? size
            : throw fields.Error("group_size", $"is {size}; it should be at least 1, or -1 for no groups");
    }
}
