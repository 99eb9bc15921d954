using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// Reads a <see cref="DecoderSpec"/> from GGUF metadata. Every hyperparameter of the architecture must be one that is understood: a key
/// that is not could change what the model computes.
/// </summary>
internal sealed class GgufSpecReader
{
    private const string ArchitectureKey = "general.architecture";
    private const double DefaultRotaryTheta = 10_000;

    private readonly GgufFile _file;
    private readonly GgufMetadata _metadata;
    private readonly HashSet<string> _understood = new(StringComparer.Ordinal);

    private GgufSpecReader(GgufFile file)
    {
        _file = file;
        _metadata = file.Metadata;
        var architecture = _metadata.GetString(ArchitectureKey) ?? throw _metadata.Error(ArchitectureKey, "is missing");
        Family = ModelFamily.OfGguf(architecture) ?? throw _metadata.Error(
            ArchitectureKey,
            $"'{OneLine.Shorten(architecture)}' is not supported; supported are {ModelFamily.GgufArchitectures}");
    }

    private ModelFamily Family { get; }

    /// <summary>Reads the spec, and the family whose conventions the file follows.</summary>
    /// <exception cref="ModelFormatException">A key is missing, wrong or not understood; the message names it.</exception>
    public static (DecoderSpec Spec, ModelFamily Family) Read(GgufFile file)
    {
        var reader = new GgufSpecReader(file);
        reader.RefuseParts();
        var spec = reader.ReadSpec();
        reader.RefuseInexpressible(spec.Attention.HeadSize);
        SpecLimits.Check(spec, (field, what) => file.Error($"metadata for {field}: {what}"));
        return (spec, reader.Family);
    }

    private DecoderSpec ReadSpec()
    {
        var heads = Integer("attention.head_count");
        var hidden = Integer("embedding_length");
        var headSize = OptionalInteger("attention.key_length") ?? WholeHeadSize(hidden, heads);
        return new DecoderSpec
        {
            ModelType = Family.ModelType,
            VocabularySize = VocabularySize(),
            HiddenSize = hidden,
            LayerCount = Integer("block_count"),
            MaxPositions = Integer("context_length"),
            Attention = new AttentionSpec
            {
                HeadCount = heads,
                KvHeadCount = OptionalInteger("attention.head_count_kv") ?? heads,
                HeadSize = headSize,
                Scale = (float)(1 / Math.Sqrt(headSize)),
                Rotary = new RotarySpec { Theta = (float)(Number("rope.freq_base") ?? DefaultRotaryTheta) },
                HasQkvBias = _file.Tensors.ContainsKey("blk.0.attn_q.bias"),
                HasOutputBias = _file.Tensors.ContainsKey("blk.0.attn_output.bias"),
            },
            Mlp = new MlpSpec
            {
                IntermediateSize = Integer("feed_forward_length"),
                HasBias = _file.Tensors.ContainsKey("blk.0.ffn_gate.bias"),
            },
            NormEpsilon = (float)(Number("attention.layer_norm_rms_epsilon")
                ?? throw _metadata.Error(Key("attention.layer_norm_rms_epsilon"), "is missing")),
            TieWordEmbeddings = !_file.Tensors.ContainsKey("output.weight"),
        };
    }

    private void RefuseParts()
    {
        const string SplitCount = "split.count";
        if (_metadata.GetInteger(SplitCount) is > 1 and var parts)
        {
            throw _metadata.Error(SplitCount, $"the model is split into {parts} files, which must be merged first");
        }
    }

    private void RefuseInexpressible(int headSize)
    {
        Expect("attention.value_length", headSize);
        Expect("rope.dimension_count", headSize);
        Expect("expert_count", 0);
        Expect("expert_used_count", 0);
        Expect("attention.sliding_window", 0);
        var scaling = _metadata.GetString(Understand("rope.scaling.type")) ?? "none";
        if (scaling != "none")
        {
            throw _metadata.Error(Key("rope.scaling.type"), $"'{OneLine.Shorten(scaling)}' is not supported, only none");
        }

        var prefix = Key("");
        var unknown = _metadata.Keys.FirstOrDefault(key => key.StartsWith(prefix, StringComparison.Ordinal) && !_understood.Contains(key));
        if (unknown is not null)
        {
            throw _metadata.Error(OneLine.Shorten(unknown), "is not supported");
        }
    }

    private void Expect(string name, long expected)
    {
        if (_metadata.GetInteger(Understand(name)) is { } value && value != expected)
        {
            throw _metadata.Error(Key(name), $"is {value}; only {expected} is supported");
        }
    }

    /// <summary>The embedding's rows; the metadata, where it has the number, must agree.</summary>
    private int VocabularySize()
    {
        const string Embedding = "token_embd.weight";
        if (!_file.Tensors.TryGetValue(Embedding, out var tensor))
        {
            throw _file.Error($"tensor '{Embedding}' is missing");
        }

        var rows = tensor.Shape[0];
        if (OptionalInteger("vocab_size") is { } size && size != rows)
        {
            throw _metadata.Error(Key("vocab_size"), $"is {size}, but '{Embedding}' has {rows} rows");
        }

        return rows <= int.MaxValue ? (int)rows : throw _file.Error($"tensor '{Embedding}' has {rows} rows");
    }

    private int WholeHeadSize(int hidden, int heads) => heads > 0 && hidden % heads == 0
        ? hidden / heads
        : throw _metadata.Error(Key("embedding_length"), $"is {hidden}, not a multiple of attention.head_count, {heads}");

    private int Integer(string name) => OptionalInteger(name) ?? throw _metadata.Error(Key(name), "is missing");

    private int? OptionalInteger(string name)
    {
        var value = _metadata.GetInteger(Understand(name));
        return value is null or (>= 0 and <= int.MaxValue) ? (int?)value : throw _metadata.Error(Key(name), $"is {value}");
    }

    private double? Number(string name) => _metadata.GetFloat(Understand(name));

    private string Key(string name) => $"{Family.GgufArchitecture}.{name}";

    private string Understand(string name)
    {
        var key = Key(name);
        _understood.Add(key);
        return key;
    }
}
