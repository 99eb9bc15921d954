using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Inference.Models.Checkpoints;

namespace Inference.Models.Lora;

/// <summary>
/// The settings of a LoRA adapter, from PEFT's adapter_config.json (Hu et al. 2021; scaling by the root of the rank: Kalajdzievski 2023).
/// Whatever changes what an adapter computes, and cannot be expressed by A, B and a factor, is an error that names the field.
/// </summary>
internal sealed class LoraConfig
{
    public const string FileName = "adapter_config.json";

    private const int MaxBytes = 4 << 20;

    private const int MaxPatterns = 1024;

    /// <summary>What was of interest in training only, or is said by the tensors themselves.</summary>
    private static readonly FrozenSet<string> Harmless = FrozenSet.Create(
        "auto_mapping", "base_model_name_or_path", "revision", "inference_mode", "peft_version", "task_type", "lora_dropout", "runtime_config",
        "megatron_config", "megatron_core", "layers_pattern", "layers_to_transform", "exclude_modules", "loftq_config", "eva_config",
        "corda_config", "lora_ga_config", "qalora_group_size", "ensure_weight_tying");

    /// <summary>Beginnings that leave the base model as it is; all others train against another one.</summary>
    private static readonly FrozenSet<string> PlainBeginnings = FrozenSet.Create("gaussian", "eva", "orthogonal");

    private readonly JsonFields _fields;
    private readonly int _rank;
    private readonly double _alpha;
    private readonly bool _isByRoot;
    private readonly ImmutableArray<(Regex Pattern, double Value)> _ranks;
    private readonly ImmutableArray<(Regex Pattern, double Value)> _alphas;

    private LoraConfig(JsonFields fields)
    {
        _fields = fields;
        var type = fields.Require("peft_type", fields.GetString("peft_type"));
        if (type != "LORA")
        {
            throw fields.Error("peft_type", $"is '{OneLine.Shorten(type)}'; only LORA adapters are supported");
        }

        _rank = fields.Require("r", fields.GetInt32("r"));
        _alpha = fields.GetNumber("lora_alpha") ?? 8;
        _isByRoot = fields.GetBool("use_rslora") ?? false;
        _ranks = Patterns("rank_pattern");
        _alphas = Patterns("alpha_pattern");
        CheckBeginning();
        if (fields.GetString("bias") is { } bias and not "none")
        {
            throw fields.Error("bias", $"is '{OneLine.Shorten(bias)}'; adapters with biases are not supported");
        }

        // Which modules are adapted is told by the tensors, and what the base's matrices look like by the base.
        _ = fields.IsString("target_modules") ? [fields.GetString("target_modules")!] : fields.GetStrings("target_modules");
        _ = fields.GetBool("fan_in_fan_out");
        if (fields.Names.FirstOrDefault(name => fields.IsUnread(name) && !Harmless.Contains(name) && !fields.IsEmpty(name)) is { } other)
        {
            throw fields.Error(other, "is set; adapters with it are not supported");
        }
    }

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFormatException">A field is missing, wrong, or not supported; the message names it.</exception>
    public static LoraConfig Read(string path)
    {
        var config = new LoraConfig(JsonFields.Load(path, MaxBytes));
        _ = config.RankOf("");
        return config;
    }

    /// <summary>The rank that a module's matrices must have; at least 1.</summary>
    /// <param name="module">Its whole name.</param>
    public int RankOf(string module) => Value(_ranks, module, _rank) is >= 1 and <= int.MaxValue and var rank && rank == Math.Floor(rank)
        ? (int)rank
        : throw _fields.Error("r", "or one of 'rank_pattern' is no whole number of 1 or more");

    /// <summary>What the product of a module's matrices is multiplied by.</summary>
    public float FactorOf(string module)
    {
        var rank = RankOf(module);
        var factor = (float)(Value(_alphas, module, _alpha) / (_isByRoot ? Math.Sqrt(rank) : rank));
        return float.IsFinite(factor) ? factor : throw _fields.Error("lora_alpha", "makes the adapter infinite");
    }

    private static double Value(ImmutableArray<(Regex Pattern, double Value)> patterns, string module, double otherwise)
    {
        foreach (var (pattern, value) in patterns)
        {
            if (pattern.IsMatch(module))
            {
                return value;
            }
        }

        return otherwise;
    }

    /// <summary>A key is a regular expression for the end of a module's name, from a dot on or whole; the first that fits counts.</summary>
    private ImmutableArray<(Regex Pattern, double Value)> Patterns(string name)
    {
        if (_fields.GetObject(name) is not { } patterns)
        {
            return [];
        }

        return patterns.Names.Count() <= MaxPatterns
            ? [.. patterns.Names.Select(key => (PatternOf(patterns, key), patterns.Require(key, patterns.GetNumber(key))))]
            : throw _fields.Error(name, string.Create(CultureInfo.InvariantCulture, $"has more than {MaxPatterns} items"));
    }

    private static Regex PatternOf(JsonFields patterns, string key)
    {
        try
        {
            // Without backtracking no pattern takes longer than the names are long.
            return new Regex($@"^(?:.*\.)?(?:{key})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw patterns.Error(key, "is no regular expression, or one that takes backtracking");
        }
    }

    private void CheckBeginning()
    {
        const string Field = "init_lora_weights";
        if (!_fields.IsString(Field))
        {
            _ = _fields.GetBool(Field);
        }
        else if (_fields.GetString(Field)! is var beginning && !PlainBeginnings.Contains(beginning))
        {
            throw _fields.Error(
                Field, $"is '{OneLine.Shorten(beginning)}', which changes the base model; convert the adapter to plain LoRA when it is saved");
        }
    }
}
