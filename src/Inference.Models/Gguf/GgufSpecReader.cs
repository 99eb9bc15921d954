using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// Reads a <see cref="DecoderSpec"/> from GGUF metadata, and from which tensors there are: a bias, a head of its own or a norm of queries
/// is in the spec when it is in the file.
/// </summary>
internal sealed class GgufSpecReader
{
    private const string ArchitectureKey = "general.architecture";
    private const string RotaryDivisors = "rope_freqs.weight";
    private const double DefaultRotaryTheta = 10_000;

    private readonly GgufFile _file;
    private readonly GgufArchitecture _architecture;
    private readonly GgufHyperparameters _keys;

    private GgufSpecReader(GgufFile file)
    {
        _file = file;
        var name = file.Metadata.GetString(ArchitectureKey) ?? throw file.Metadata.Error(ArchitectureKey, "is missing");
        _architecture = GgufArchitectures.Named(name) ?? throw file.Metadata.Error(
            ArchitectureKey,
            $"'{OneLine.Shorten(name)}' is not supported; supported are {GgufArchitectures.Names}");
        _keys = new GgufHyperparameters(file, name);
    }

    /// <summary>Reads the spec, and the architecture whose conventions the file follows.</summary>
    /// <exception cref="ModelFormatException">A key is missing, wrong or not understood; the message names it.</exception>
    public static (DecoderSpec Spec, GgufArchitecture Architecture) Read(GgufFile file)
    {
        var reader = new GgufSpecReader(file);
        reader.RefuseParts();
        var spec = reader.ReadSpec();
        spec = reader._architecture.Refine?.Invoke(reader._keys, spec) ?? spec;
        reader.RefuseInexpressible(spec.Attention.HeadSize);
        SpecLimits.Check(spec, (field, what) => file.Error($"metadata for {field}: {what}"));
        return (spec, reader._architecture);
    }

    private DecoderSpec ReadSpec()
    {
        var heads = _keys.Integer("attention.head_count");
        var hidden = _keys.Integer("embedding_length");
        var headSize = _keys.OptionalInteger("attention.key_length") ?? WholeHeadSize(hidden, heads);
        var isRms = _architecture.Norm == NormKind.Rms;
        return new DecoderSpec
        {
            ModelType = _architecture.ModelTypes[0],
            VocabularySize = VocabularySize(),
            HiddenSize = hidden,
            LayerCount = _keys.Integer("block_count"),
            MaxPositions = _keys.Integer("context_length"),
            Attention = new AttentionSpec
            {
                HeadCount = heads,
                KvHeadCount = _keys.OptionalInteger("attention.head_count_kv") ?? heads,
                HeadSize = headSize,
                Scale = (float)(1 / Math.Sqrt(headSize)),
                Rotary = _architecture.HasRotary ? Rotary(headSize) : null,
                HasQkvBias = _keys.Has("blk.0.attn_q.bias") || _keys.Has("blk.0.attn_qkv.bias"),
                HasOutputBias = _keys.Has("blk.0.attn_output.bias"),
                QkNorm = _keys.Find("blk.0.attn_q_norm.weight") is not { } norm ? QkNorm.None
                    : norm.Columns == headSize ? QkNorm.PerHead
                    : QkNorm.AllHeads,
            },
            Mlp = new MlpSpec
            {
                IntermediateSize = _keys.Integer("feed_forward_length"),
                Activation = _architecture.Activation,
                IsPlain = _architecture.HasPlainMlp,
                HasBias = _keys.Has("blk.0.ffn_gate.bias") || _keys.Has("blk.0.ffn_up.bias"),
            },
            Norm = new NormSpec
            {
                Kind = _architecture.Norm,
                Placement = _architecture.Placement,
                HasBias = _keys.Has("output_norm.bias"),
            },
            NormEpsilon = _keys.Number(isRms ? "attention.layer_norm_rms_epsilon" : "attention.layer_norm_epsilon"),
            Head = new HeadSpec { HasBias = _keys.Has("output.bias") },
            TieWordEmbeddings = !_keys.Has("output.weight"),
        };
    }

    private RotarySpec Rotary(int headSize)
    {
        var size = _keys.OptionalInteger("rope.dimension_count") ?? headSize;
        var rotary = new RotarySpec { Theta = (float)(_keys.OptionalNumber("rope.freq_base") ?? DefaultRotaryTheta) };
        if (_architecture.HasPartialRotary && size != headSize)
        {
            rotary = rotary with { Size = size };
        }

        // Llama 3.1's stretching, which converters write out pair by pair.
        return _keys.Find(RotaryDivisors) is { } tensor
            ? rotary with { Divisors = Divisors(tensor, (rotary.Size ?? headSize) / 2) }
            : rotary;
    }

    private ValueList<double> Divisors(StoredTensor tensor, int pairs)
    {
        if (tensor.Shape is not [var count] || count != pairs)
        {
            throw _file.Error($"tensor '{tensor.Name}' has shape {TensorShape.Format(tensor.Shape)}, but {pairs} pairs turn");
        }

        var divisors = new float[pairs];
        tensor.ReadRows(0, divisors);
        return new ValueList<double>([.. divisors.Select(divisor => (double)divisor)]);
    }

    private void RefuseParts()
    {
        const string SplitCount = "split.count";
        if (_file.Metadata.GetInteger(SplitCount) is > 1 and var parts)
        {
            throw _file.Metadata.Error(SplitCount, $"the model is split into {parts} files, which must be merged first");
        }
    }

    private void RefuseInexpressible(int headSize)
    {
        _keys.Expect("attention.value_length", headSize);
        if (_architecture.HasPartialRotary)
        {
            _keys.Understand("rope.dimension_count");
        }
        else
        {
            _keys.Expect("rope.dimension_count", headSize);
        }

        _keys.Expect("expert_count", 0);
        _keys.Expect("expert_used_count", 0);
        if (!_architecture.HasWindows)
        {
            _keys.Expect("attention.sliding_window", 0);
        }

        _keys.Understand("tensor_data_layout");
        var scaling = _keys.Text("rope.scaling.type") ?? "none";
        if (scaling != "none" && !_architecture.HasLinearScaling)
        {
            throw _keys.Error("rope.scaling.type", $"'{OneLine.Shorten(scaling)}' is not supported, only none");
        }

        _keys.RefuseUnknown();
    }

    /// <summary>The embedding's rows; the metadata, where it has the number, must agree.</summary>
    private int VocabularySize()
    {
        const string Embedding = "token_embd.weight";
        var tensor = _keys.Find(Embedding) ?? throw _file.Error($"tensor '{Embedding}' is missing");
        var rows = tensor.Shape[0];
        if (_keys.OptionalInteger("vocab_size") is { } size && size != rows)
        {
            throw _keys.Error("vocab_size", $"is {size}, but '{Embedding}' has {rows} rows");
        }

        return rows <= int.MaxValue ? (int)rows : throw _file.Error($"tensor '{Embedding}' has {rows} rows");
    }

    private int WholeHeadSize(int hidden, int heads) => heads > 0 && hidden % heads == 0
        ? hidden / heads
        : throw _keys.Error("embedding_length", $"is {hidden}, not a multiple of attention.head_count, {heads}");
}
