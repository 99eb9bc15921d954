using System.Diagnostics.CodeAnalysis;

namespace Inference.Models.Conversion;

/// <summary>
/// Tells which models <see cref="ModelDType.Int8"/> is for: those without biases whose sizes fit the rotation and the kernels.
/// </summary>
public static class Int8Support
{
    /// <summary>Heads and rows are worked on in whole vectors, and rotated in blocks of at least a vector.</summary>
    private const int HeadMultiple = 32;

    private const int WidthMultiple = 64;

    /// <summary>The sum of more products of two 8-bit numbers may overflow 32 bits: 2^17 * 128 * 127 is just below 2^31.</summary>
    private const int MostInputs = 1 << 17;

    /// <summary>Whether a model can be converted to int8.</summary>
    /// <param name="spec">What it computes; within the limits of a model that was read from files.</param>
    /// <param name="reason">If not, one line that names the field of the configuration which stands against it.</param>
    public static bool IsSupported(DecoderSpec spec, [NotNullWhen(false)] out string? reason)
    {
        var attention = spec.Attention;
        reason = Bias("the q, k and v projections have", attention.HasQkvBias)
            ?? Bias("the attention's output projection has", attention.HasOutputBias)
            ?? Bias("the MLP's projections have", spec.Mlp.HasBias)
            ?? HeadSize(attention.HeadSize)
            ?? Width("hidden_size", spec.HiddenSize)
            ?? Width("intermediate_size", spec.Mlp.IntermediateSize)
            ?? Inputs("num_attention_heads * head_dim", (long)attention.HeadCount * attention.HeadSize);
        return reason is null;
    }

    private static string? Bias(string who, bool has) => has ? $"{who} biases, which int8 cannot express" : null;

    private static string? HeadSize(int size) => int.IsPow2(size) && size % HeadMultiple == 0
        ? null
        : $"head_dim is {size}; int8 needs a power of two of at least {HeadMultiple}";

    private static string? Width(string field, int width) => width % WidthMultiple == 0
        ? Inputs(field, width)
        : $"{field} is {width}; int8 needs a multiple of {WidthMultiple}";

    private static string? Inputs(string field, long count) => count <= MostInputs
        ? null
        : $"{field} is {count}; int8 sums at most {MostInputs} products";
}
