using System.Globalization;

namespace Inference.Models.Graphs;

/// <summary>
/// What an emitted graph and the code that runs it agree on: the names of the graph's inputs and outputs, and the operators that ONNX
/// Runtime does not bring. Shapes and types stand beside the names. Sequences are packed back to back: every operator but attention works
/// on single tokens, so nothing is padded.
/// </summary>
/// <remarks>
/// A graph in float32 has the output <see cref="Logits"/> and the operators from <see cref="PagedAttention"/> to <see cref="SwiGlu"/>.
/// A graph in int8 has the outputs <see cref="LogitsAccumulators"/>, <see cref="LogitsScales"/> and <see cref="LogitsArgMax"/>, and the
/// operators from <see cref="EmbedNormQuantize"/> on, if they can express it. What they cannot is computed by the operators of float32,
/// between <see cref="DequantizeRows"/> and <see cref="QuantizeRows"/>. A KV cache in int8 goes with both, see
/// <see cref="PagedAttentionInt8Cache"/>. The rules of int8:
/// <para>Activations: a row is UINT8 with zero point <see cref="ZeroPoint"/> and one FLOAT scale, x = scale * (u8 - 128); the scale is
/// max|x| / 127, and 0 for a row of zeros.</para>
/// <para>Weights: INT8 [in, out] with zero point 0 and one FLOAT scale per output (column scale). The accumulator that MatMulInteger gives
/// from the two is INT32 and stands for accumulator * row scale * column scale.</para>
/// <para>Norms: weights are folded into the projections behind them, so that a norm only divides by sqrt(mean square + epsilon).</para>
/// <para>Rotation (QuaRot, Ashkboos et al. 2024): the residual stream and the value heads are rotated by Hadamard matrices that are folded
/// into the weights. Only the rotation before the down projection is an operator's business: see <see cref="Hadamard"/>.</para>
/// <para>Every sum of floats over a row runs in an order that depends on nothing but the row's length: a token's result is the same to the
/// bit whatever it is computed beside.</para>
/// </remarks>
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

    /// <summary>Output in float32: FLOAT [num_logits, vocabulary].</summary>
    public const string Logits = "logits";

    /// <summary>
    /// Output in int8: INT32 [num_logits, vocabulary]. A logit is accumulator * <see cref="LogitsScales"/>[row] * head scale[token]; the
    /// head scales come with the converted model.
    /// </summary>
    public const string LogitsAccumulators = "logits_accumulators";

    /// <summary>Output in int8: FLOAT [num_logits], one for each row of <see cref="LogitsAccumulators"/>; 0 or more.</summary>
    public const string LogitsScales = "logits_scales";

    /// <summary>Output in int8: INT32 [num_logits], the token with the largest logit of each row, see <see cref="ArgMaxRows"/>.</summary>
    public const string LogitsArgMax = "logits_argmax";

    /// <summary>
    /// INT64 [1], an input of graphs with <see cref="ProductArgMax"/>: 0 if nothing but <see cref="LogitsArgMax"/> is wanted, and
    /// <see cref="LogitsAccumulators"/> has no rows.
    /// </summary>
    public const string LogitsWanted = "logits_wanted";

    /// <summary>The UINT8 that stands for 0 in activations.</summary>
    public const byte ZeroPoint = 128;

    /// <summary>The domain of the operators below.</summary>
    public const string Domain = "inference";

    /// <summary>The version of <see cref="Domain"/>.</summary>
    public const int DomainVersion = 1;

    /// <summary>
    /// Writes the step's keys and values into the cache and attends over it, causally within each sequence; query and key are rotated
    /// first. Inputs, in order: qkv FLOAT [num_tokens, (heads + 2 * kv heads) * head size], key cache, value cache,
    /// <see cref="BlockTable"/>, <see cref="CumulativeSequenceLengths"/>, <see cref="PastSequenceLengths"/>, cosines and sines FLOAT
    /// [max positions, head size / 2], and, if there are linear biases, their slopes, FLOAT [heads], and, if there are sinks, those, FLOAT
    /// [heads]. A score is query * key * <see cref="Scale"/>, capped by <see cref="Softcap"/>, minus slope * tokens from key to query; a sink is
    /// one more score, of a key whose value is 0. Output: FLOAT [num_tokens, heads * head size]. Attributes: <see cref="NumHeads"/>, <see cref="KvNumHeads"/>, <see cref="Scale"/>, <see cref="Window"/>, <see cref="Softcap"/>.
    /// </summary>
    public const string PagedAttention = "PagedAttention";

    /// <summary>
    /// RMS norms of queries and keys, group by group; values pass. Inputs, in order: qkv FLOAT [num_tokens, (heads + 2 * kv heads) * head
    /// size], weights of queries and weights of keys, each FLOAT [group]: of a head, or of all heads. Output: as qkv. Attributes:
    /// <see cref="NumHeads"/>, <see cref="KvNumHeads"/>, <see cref="Epsilon"/>.
    /// </summary>
    public const string QueryKeyNorm = "QueryKeyNorm";

    /// <summary>
    /// Queries, keys and values, as other graphs have them, in the form that <see cref="PagedAttention"/> takes. Inputs, in order: queries
    /// FLOAT [1, num_tokens, heads * head size], keys and values FLOAT [1, num_tokens, kv heads * head size]; or one input with the three
    /// side by side. Output: FLOAT [num_tokens, (heads + 2 * kv heads) * head size], in which element i of a query's or key's head turns with
    /// element i + head size / 2: first those that turned together before, then those that do not turn. Attributes:
    /// <see cref="NumHeads"/>, <see cref="KvNumHeads"/>, <see cref="RotaryPairs"/>, <see cref="RotaryInterleaved"/>.
    /// </summary>
    public const string PackHeads = "PackHeads";

    /// <summary>
    /// Each token's position in its sequence. Inputs, in order: <see cref="InputIds"/>, <see cref="CumulativeSequenceLengths"/>,
    /// <see cref="PastSequenceLengths"/>. Output: INT64 [num_tokens].
    /// </summary>
    public const string PositionIds = "PositionIds";

    /// <summary>silu(gate) * up: FLOAT [num_tokens, 2 * intermediate], gate first, to FLOAT [num_tokens, intermediate].</summary>
    public const string SwiGlu = "SwiGlu";

    /// <summary>
    /// <see cref="PagedAttention"/> without biases, windows and caps, over a cache in int8: key cache, value cache, key scales and value scales stand where the caches do in
    /// its inputs. Queries are quantised to 16 bits.
    /// </summary>
    public const string PagedAttentionInt8Cache = "PagedAttentionInt8Cache";

    /// <summary>
    /// Quantises rows: FLOAT [rows, width], of any width, to UINT8 [rows, width] and scales FLOAT [rows]. Attribute:
    /// <see cref="Hadamard"/>, with 1 for no rotation; another needs a width that is a multiple of 16.
    /// </summary>
    public const string QuantizeRows = "QuantizeRows";

    /// <summary>
    /// accumulator * row scale * column scale + bias. Inputs, in order: accumulators INT32 [rows, width], of any width; row scales FLOAT
    /// [rows]; column scales FLOAT [width]; and, if there are biases, those, FLOAT [width]. Output: FLOAT [rows, width].
    /// </summary>
    public const string DequantizeRows = "DequantizeRows";

    /// <summary>
    /// Looks the tokens up, and norms and quantises their rows. Inputs, in order: <see cref="InputIds"/>, embedding INT8 [vocabulary,
    /// hidden], embedding scales FLOAT [vocabulary] (one per token). Outputs: residual FLOAT [num_tokens, hidden] (embedding * scale),
    /// x UINT8 [num_tokens, hidden], x scales FLOAT [num_tokens]. Attribute: <see cref="Epsilon"/>.
    /// </summary>
    public const string EmbedNormQuantize = "EmbedNormQuantize";

    /// <summary>
    /// As <see cref="PagedAttention"/>, with query, key and value in 8 bits: (1) dequantise; (2) rotate query and key by their positions;
    /// (3) quantise each head of them, and of the value, to INT8 with one scale, the keys' and values' into the cache; (4) attend;
    /// (5) quantise the whole output row. Inputs, in order: qkv accumulators INT32 [num_tokens, (heads + 2 * kv heads) * head size],
    /// x scales FLOAT [num_tokens], column scales FLOAT [(heads + 2 * kv heads) * head size], key cache, value cache, key scales, value
    /// scales (see <see cref="KeyCache"/> and its neighbours), <see cref="BlockTable"/>, <see cref="CumulativeSequenceLengths"/>,
    /// <see cref="PastSequenceLengths"/>, cosines and sines FLOAT [max positions, head size / 2]. Outputs: y UINT8 [num_tokens,
    /// heads * head size], y scales FLOAT [num_tokens]. Attributes: <see cref="NumHeads"/>, <see cref="KvNumHeads"/>, <see cref="Scale"/>.
    /// </summary>
    public const string PagedAttentionInt8 = "PagedAttentionInt8";

    /// <summary>
    /// Adds a projection's output to the residual, and norms and quantises the sum. Inputs, in order: residual FLOAT [num_tokens, hidden],
    /// accumulators INT32 [num_tokens, hidden], row scales FLOAT [num_tokens], column scales FLOAT [hidden]. Outputs: residual FLOAT
    /// [num_tokens, hidden] (the sum), x UINT8 [num_tokens, hidden], x scales FLOAT [num_tokens]. Attribute: <see cref="Epsilon"/>.
    /// </summary>
    public const string AddNormQuantize = "AddNormQuantize";

    /// <summary>
    /// silu(gate) * up, rotated and quantised. Inputs, in order: accumulators INT32 [num_tokens, 2 * intermediate], gate first; row scales
    /// FLOAT [num_tokens]; column scales FLOAT [2 * intermediate]. Outputs: z UINT8 [num_tokens, intermediate], z scales FLOAT
    /// [num_tokens]. Attribute: <see cref="Hadamard"/>.
    /// </summary>
    public const string SwiGluQuantize = "SwiGluQuantize";

    /// <summary>
    /// <see cref="AddNormQuantize"/> of the rows whose logits are wanted. Inputs, in order: residual FLOAT [num_tokens, hidden],
    /// accumulators INT32 [num_tokens, hidden], row scales FLOAT [num_tokens], column scales FLOAT [hidden], <see cref="LogitsIndices"/>.
    /// Outputs: x UINT8 [num_logits, hidden], x scales FLOAT [num_logits] (the graph's <see cref="LogitsScales"/>). Attribute:
    /// <see cref="Epsilon"/>.
    /// </summary>
    public const string GatherAddNormQuantize = "GatherAddNormQuantize";

    /// <summary>
    /// For each row the column with the largest accumulator * column scale, computed in float32; the first of several. Inputs, in order:
    /// INT32 [num_logits, vocabulary], column scales FLOAT [vocabulary]. Output: INT32 [num_logits].
    /// </summary>
    public const string ArgMaxRows = "ArgMaxRows";

    /// <summary>
    /// ONNX's MatMulInteger with weights that are a constant of the graph and with <see cref="ZeroPoint"/>: UINT8 [rows, in] and INT8
    /// [in, out] to INT32 [rows, out]. Converted models have MatMulInteger; see <see cref="PackedProducts"/>.
    /// </summary>
    public const string PackedMatMulInteger = "PackedMatMulInteger";

    /// <summary>
    /// <see cref="PackedMatMulInteger"/> and <see cref="ArgMaxRows"/> in one node. Inputs, in order: x UINT8 [num_logits, in], weights INT8
    /// [in, vocabulary], column scales FLOAT [vocabulary], <see cref="LogitsWanted"/>. Outputs: INT32 [num_logits, vocabulary], or without
    /// rows when it is not wanted; INT32 [num_logits]. Converted models have the single nodes; see <see cref="FusedHead"/>.
    /// </summary>
    public const string ProductArgMax = "ProductArgMax";

    /// <summary>
    /// All that is done to single tokens between one attention and the next, in one node: product with the output projection,
    /// <see cref="AddNormQuantize"/>, product with gate and up, <see cref="SwiGluQuantize"/>, product with the down projection,
    /// <see cref="AddNormQuantize"/>, product with the next layer's query, key and value. Inputs, in order: residual FLOAT [num_tokens,
    /// hidden]; y UINT8 [num_tokens, heads * head size]; y scales FLOAT [num_tokens]; weights INT8 [in, out] and column scales FLOAT [out] of
    /// the output projection, of gate and up, and of the down projection; weights of the next projection. Outputs: residual FLOAT [num_tokens,
    /// hidden]; accumulators of the next projection INT32 [num_tokens, out]; their row scales FLOAT [num_tokens]. Attributes:
    /// <see cref="Epsilon"/>, <see cref="Hadamard"/>. Converted models have the single nodes; see <see cref="FusedLayers"/>.
    /// </summary>
    public const string BetweenAttentions = "BetweenAttentions";

    /// <summary>
    /// <see cref="BetweenAttentions"/> behind the last attention, for the rows whose logits are wanted: the last input is
    /// <see cref="LogitsIndices"/>, and the last operator <see cref="GatherAddNormQuantize"/>, whose outputs are its own.
    /// </summary>
    public const string AfterLastAttention = "AfterLastAttention";

    /// <summary>
    /// The domain of <see cref="LoraDelta"/>, whose operator belongs to one executor: it knows the adapters of the step that runs.
    /// </summary>
    public const string LoraDomain = "inference.lora";

    /// <summary>
    /// What adapters add to a product: y + B (A x) for the rows of sequences with an adapter, and y as it is for all others. Inputs, in
    /// order: y FLOAT [num_tokens, out], x FLOAT [num_tokens, in]. Output: FLOAT [num_tokens, out]. Attribute: <see cref="Site"/>. Only in
    /// models that are converted for adapters.
    /// </summary>
    public const string LoraDelta = "LoraDelta";

    /// <summary>INT attribute of <see cref="LoraDelta"/>: which of the model's products it follows.</summary>
    public const string Site = "site";

    /// <summary>INT attribute of the attention operators: query heads.</summary>
    public const string NumHeads = "num_heads";

    /// <summary>INT attribute of the attention operators: key and value heads.</summary>
    public const string KvNumHeads = "kv_num_heads";

    /// <summary>FLOAT attribute of the attention operators: multiplies query times key before the softmax.</summary>
    public const string Scale = "scale";

    /// <summary>INT attribute of <see cref="PagedAttention"/>: how many tokens a token sees, itself included; 0 for all.</summary>
    public const string Window = "window";

    /// <summary>FLOAT attribute of <see cref="PagedAttention"/>: c in c * tanh(score / c); 0 for no cap.</summary>
    public const string Softcap = "softcap";

    /// <summary>INT attribute of <see cref="PackHeads"/>: how many pairs of a head turn, from its first element on.</summary>
    public const string RotaryPairs = "rotary_pairs";

    /// <summary>INT attribute of <see cref="PackHeads"/>: 1 if pairs are neighbours, 0 if they are halves of what turns.</summary>
    public const string RotaryInterleaved = "rotary_interleaved";

    /// <summary>FLOAT attribute of the operators that norm: added to the mean square.</summary>
    public const string Epsilon = "epsilon";

    /// <summary>
    /// INT attribute of <see cref="SwiGluQuantize"/> and <see cref="QuantizeRows"/>: a power of two that divides the row's length. Every
    /// block of so many neighbouring elements is multiplied by the Hadamard matrix of that size in Sylvester's order (H(1) = 1,
    /// H(2n) = [H(n) H(n); H(n) -H(n)]) and divided by the square root of the size.
    /// </summary>
    public const string Hadamard = "hadamard";

    /// <summary>
    /// Written in place. In a cache of float32: FLOAT [num_blocks, kv heads, head size, block size]. Transposed within a block, so that the
    /// keys of neighbouring tokens lie side by side: a vector holds one dimension of many keys, and a dot product needs no sum across its
    /// lanes. In int8: UINT8 [num_blocks, kv heads, head size / 4, block size, 4], four dimensions side by side and 128 for 0, as dot product
    /// instructions take them.
    /// </summary>
    public static string KeyCache(int layer) => Cache(layer, "key");

    /// <summary>
    /// FLOAT or INT8 [num_blocks, kv heads, block size, head size], written in place. In int8 four rows of a block are interleaved,
    /// [block size / 4, head size, 4]: an element's values for four neighbouring tokens lie side by side.
    /// </summary>
    public static string ValueCache(int layer) => Cache(layer, "value");

    /// <summary>In int8: FLOAT [num_blocks, kv heads, block size], the scale of each key, written in place.</summary>
    public static string KeyScaleCache(int layer) => Cache(layer, "key_scale");

    /// <summary>In int8: FLOAT [num_blocks, kv heads, block size], the scale of each value, written in place.</summary>
    public static string ValueScaleCache(int layer) => Cache(layer, "value_scale");

    private static string Cache(int layer, string part) => string.Create(CultureInfo.InvariantCulture, $"past_key_values.{layer}.{part}");
}
