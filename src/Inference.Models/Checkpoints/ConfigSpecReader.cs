using Inference.Models.Packed;

namespace Inference.Models.Checkpoints;

/// <summary>
/// Reads a <see cref="DecoderSpec"/> from a Hugging Face config.json, in the spelling of transformers 5 or of earlier releases. A setting
/// that changes what the model computes and that the spec cannot express is an error.
/// </summary>
internal static class ConfigSpecReader
{
    private const int MaxBytes = 4 << 20;

    /// <summary>Reads the file.</summary>
    /// <exception cref="ModelFormatException">A field is missing, wrong, or cannot be expressed; the message names it.</exception>
    public static DecoderSpec Read(string path) => ReadWithFamily(path).Spec;

    /// <summary>Reads the file, and tells the family whose names its weights have, and how they are packed if they are.</summary>
    /// <exception cref="ModelFormatException">A field is missing, wrong, or cannot be expressed; the message names it.</exception>
    public static (DecoderSpec Spec, ModelFamily Family, PackingSpec? Packing) ReadWithFamily(string path)
    {
        var fields = JsonFields.Load(path, MaxBytes);
        var family = Family(fields);
        var config = new DecoderConfig(fields, family.ModelType);
        var packing = PackingSpec.Find(fields);
        var spec = family.ReadSpec(config);
        config.RefuseUnread();
        SpecLimits.Check(spec, config.Error);
        return (spec, family, packing);
    }

    private static ModelFamily Family(JsonFields config)
    {
        var modelType = config.Require("model_type", config.GetString("model_type"));
        var family = ModelFamily.OfModelType(modelType);
        if (family is null)
        {
            throw config.Error("model_type", $"'{OneLine.Shorten(modelType)}' is not supported; supported are {ModelFamily.ModelTypes}");
        }

        if (config.GetStrings("architectures") is { } architectures && !architectures.Contains(family.Architecture))
        {
            var named = OneLine.Shorten(string.Join(", ", architectures));
            throw config.Error("architectures", $"should contain {family.Architecture}, not {named}");
        }

        return family;
    }
}
