using System.Globalization;

namespace Inference.Models.Graphs;

/// <summary>
/// What an emitted graph and the code that runs it agree on: the names of the graph's inputs and outputs, and the operators that ONNX
/// Runtime does not bring. Shapes and types stand beside the names. Sequences are packed back to back: every operator but attention works
/// on single tokens, so nothing is padded.
/// </summary>
public static class GraphContract
{
    /// <summary>INT64 [num_tokens]: the tokens of all sequences of the step.</summary>
    public const string InputIds = "input_ids";

    /// <summary>INT64 [num_logits]: the packed positions of the tokens whose logits are wanted.</summary>
    public const string LogitsIndices = "logits_indices";

    /// <summary>INT32 [batch, max_blocks]: for each sequence the cache blocks that hold its tokens, in order.</summary>
    public const string BlockTable = "block_table";

    /// <summary>
    /// INT32 [batch + 1]: where each sequence's tokens begin in the packed row of tokens; starts with 0 and ends with num_tokens.
    /// </summary>
    public const string CumulativeSequenceLengths = "cumulative_sequence_lengths";

    /// <summary>INT32 [batch]: how many tokens of each sequence are in the cache already.</summary>
    public const string PastSequenceLengths = "past_sequence_lengths";

    /// <summary>FLOAT [num_logits, vocabulary].</summary>
    public const string Logits = "logits";

    /// <summary>The domain of the operators below.</summary>
    public const string Domain = "inference";

    /// <summary>The version of <see cref="Domain"/>.</summary>
    public const int DomainVersion = 1;

    /// <summary>
    /// Writes the step's keys and values into the cache and attends over it, causally within each sequence; query and key are rotated
    /// first. Inputs, in order: qkv FLOAT [num_tokens, (heads + 2 * kv heads) * head size], key cache, value cache,
    /// <see cref="BlockTable"/>, <see cref="CumulativeSequenceLengths"/>, <see cref="PastSequenceLengths"/>, cosines and sines FLOAT
    /// [max positions, head size / 2]. Output: FLOAT [num_tokens, heads * head size].
    /// Attributes: <see cref="NumHeads"/>, <see cref="KvNumHeads"/>, <see cref="Scale"/>.
    /// </summary>
    public const string PagedAttention = "PagedAttention";

    /// <summary>silu(gate) * up: FLOAT [num_tokens, 2 * intermediate], gate first, to FLOAT [num_tokens, intermediate].</summary>
    public const string SwiGlu = "SwiGlu";

    /// <summary>INT attribute of <see cref="PagedAttention"/>: query heads.</summary>
    public const string NumHeads = "num_heads";

    /// <summary>INT attribute of <see cref="PagedAttention"/>: key and value heads.</summary>
    public const string KvNumHeads = "kv_num_heads";

    /// <summary>FLOAT attribute of <see cref="PagedAttention"/>: multiplies query times key before the softmax.</summary>
    public const string Scale = "scale";

    /// <summary>
    /// FLOAT [num_blocks, kv heads, head size, block size], written in place. Transposed within a block, so that the keys of neighbouring
    /// tokens lie side by side: a vector holds one dimension of many keys, and a dot product needs no sum across its lanes.
    /// </summary>
    public static string KeyCache(int layer) => Cache(layer, "key");

    /// <summary>FLOAT [num_blocks, kv heads, block size, head size], written in place.</summary>
    public static string ValueCache(int layer) => Cache(layer, "value");

    private static string Cache(int layer, string part) => string.Create(CultureInfo.InvariantCulture, $"past_key_values.{layer}.{part}");
}
