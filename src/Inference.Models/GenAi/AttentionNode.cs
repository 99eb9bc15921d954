using Inference.Models.Checkpoints;
using Inference.Models.Graphs.Onnx;

namespace Inference.Models.GenAi;

/// <summary>A GroupQueryAttention node (com.microsoft), read and held to what the paged attention of this program can express.</summary>
internal sealed class AttentionNode
{
    private const int QueryInput = 0;
    private const int KeyInput = 1;
    private const int ValueInput = 2;
    private const int PastKeyInput = 3;
    private const int CosInput = 7;
    private const int SinInput = 8;
    private const int SinksInput = 11;

    /// <summary>Of a newer or rarer kind: without them the node computes what is expressed here.</summary>
    private static readonly (int Index, string Name)[] OtherInputs = [(9, "position_ids"), (10, "attention_bias"), (12, "k_scale"), (13, "v_scale")];

    private static readonly string[] OtherAttributes = ["smooth_softmax", "qk_output", "kv_cache_bit_width"];

    private readonly NodeProto _node;
    private readonly string _path;

    /// <exception cref="ModelFormatException">The node does what cannot be expressed, or contradicts genai_config.json.</exception>
    public AttentionNode(NodeProto node, GenAiConfig config, string path)
    {
        (_node, _path) = (node, path);
        var shape = config.Shape;
        Require(Int("num_heads", 0) == config.HeadCount, $"has {Int("num_heads", 0)} heads, but num_attention_heads is {config.HeadCount}");
        Require(
            Int("kv_num_heads", 0) == shape.KvHeadCount,
            $"has {Int("kv_num_heads", 0)} key and value heads, but num_key_value_heads is {shape.KvHeadCount}");
        foreach (var (index, name) in OtherInputs)
        {
            Require(Input(index).Length == 0, $"has the input {name}");
        }

        foreach (var name in OtherAttributes)
        {
            Require(Int(name, 0) <= 0, $"has the attribute {name}");
        }

        foreach (var name in (string[])["k_quant_type", "v_quant_type"])
        {
            Require(Find(name)?.S is not { } type || type.ToStringUtf8() is "" or "NONE", $"has a cache of {name}");
        }

        Require(Input(KeyInput).Length == 0 == (Input(ValueInput).Length == 0), "has keys without values, or values without keys");
        Require(node.Output.Skip(3).All(output => output.Length == 0), "gives its scores as well");
        Require(!HasRotary || (Input(CosInput).Length > 0 && Input(SinInput).Length > 0), "rotates without tables");
        Scale = Find("scale")?.F is { } scale and not 0 ? scale : 1 / MathF.Sqrt(shape.HeadSize);
        Layer = Enumerable.Range(0, shape.LayerCount).FirstOrDefault(layer => GenAiNames.OfLayer(config.Names.PastKey, layer) == Input(PastKeyInput), -1);
        Require(Layer >= 0, $"keeps its keys in '{OneLine.Shorten(Input(PastKeyInput))}', which is no layer's by past_key_names");
    }

    /// <summary>Whose cache it uses.</summary>
    public int Layer { get; }

    /// <summary>Queries, or queries, keys and values side by side.</summary>
    public string Query => Input(QueryInput);

    /// <summary>Keys; empty when they come with the queries.</summary>
    public string Key => Input(KeyInput);

    /// <summary>Values; empty when they come with the queries.</summary>
    public string Value => Input(ValueInput);

    /// <summary>Whether it rotates queries and keys.</summary>
    public bool HasRotary => Int("do_rotary", 0) != 0;

    /// <summary>Whether rotated pairs are neighbours; otherwise they are halves of the part that is rotated.</summary>
    public bool IsInterleaved => Int("rotary_interleaved", 0) != 0;

    /// <summary>Cosines [positions, rotated pairs], if it rotates.</summary>
    public string Cos => Input(CosInput);

    /// <summary>Sines, as the cosines.</summary>
    public string Sin => Input(SinInput);

    /// <summary>A logit for each head that takes part in the softmax without a value; empty for none.</summary>
    public string Sinks => Input(SinksInput);

    /// <summary>Multiplies query times key.</summary>
    public float Scale { get; }

    /// <summary>How many tokens a token sees, itself included; 0 for all.</summary>
    public long Window => Math.Max(0, Int("local_window_size", -1));

    /// <summary>c in c * tanh(score / c); 0 for none.</summary>
    public float Softcap => Find("softcap")?.F ?? 0;

    /// <summary>The value that it makes.</summary>
    public string Output => _node.Output[0];

    /// <summary>An exception that names the node.</summary>
    public ModelFormatException Error(string what) => new(
        $"{_path}: node '{OneLine.Shorten(_node.Name)}' {what}, which the paged engine cannot run (--executor genai can)");

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw Error(otherwise);
        }
    }

    private string Input(int index) => index < _node.Input.Count ? _node.Input[index] : "";

    private long Int(string name, long otherwise) => Find(name)?.I ?? otherwise;

    private AttributeProto? Find(string name) => _node.Attribute.FirstOrDefault(attribute => attribute.Name == name);
}
