using System.Globalization;

namespace Inference.Models.GenAi;

/// <summary>What a package calls the inputs and outputs of its graph: <c>model.decoder.inputs</c> and <c>outputs</c>.</summary>
public sealed record GenAiNames
{
    private const string Number = "%d";

    /// <summary>INT64: the tokens.</summary>
    public string InputIds { get; init; } = "input_ids";

    /// <summary>INT64 [batch, total length].</summary>
    public string AttentionMask { get; init; } = "attention_mask";

    /// <summary>INT64 [batch, length].</summary>
    public string PositionIds { get; init; } = "position_ids";

    /// <summary>INT32 [batch, blocks], of a paged package.</summary>
    public string BlockTable { get; init; } = "block_table";

    /// <summary>INT32 [batch, blocks], of a paged package with windows.</summary>
    public string BlockTableWindowed { get; init; } = "block_table_windowed";

    /// <summary>INT32 [batch + 1], of a paged package.</summary>
    public string CumulativeSequenceLengths { get; init; } = "cumulative_sequence_lengths";

    /// <summary>INT32 [batch], of a paged package.</summary>
    public string PastSequenceLengths { get; init; } = "past_sequence_lengths";

    /// <summary>INT32 [3], of a paged package.</summary>
    public string AttentionMetadata { get; init; } = "attention_metadata";

    /// <summary>With %d where the layer's number stands.</summary>
    public string PastKey { get; init; } = "past_key_values.%d.key";

    /// <summary>With %d where the layer's number stands.</summary>
    public string PastValue { get; init; } = "past_key_values.%d.value";

    /// <summary>With %d where the layer's number stands.</summary>
    public string PresentKey { get; init; } = "present.%d.key";

    /// <summary>With %d where the layer's number stands.</summary>
    public string PresentValue { get; init; } = "present.%d.value";

    /// <summary>The output.</summary>
    public string Logits { get; init; } = "logits";

    /// <summary>A layer's name from a pattern.</summary>
    public static string OfLayer(string pattern, int layer) =>
        pattern.Replace(Number, layer.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <summary>Whether a pattern has a place for a layer's number.</summary>
    internal static bool IsPattern(string pattern) => pattern.Contains(Number, StringComparison.Ordinal);
}
