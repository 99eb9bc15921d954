using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Models.Conversion;

/// <summary>Describes a converted model in its folder: what it was made from, and which bytes must be there.</summary>
internal sealed record ConversionManifest
{
    public const string FileName = "manifest.json";

    /// <summary>The name of the folder; see <see cref="ConversionKey"/>.</summary>
    public required string Key { get; init; }

    [JsonPropertyName("dtype")]
    public required ModelDType DType { get; init; }

    [JsonPropertyName("kv_cache_dtype")]
    public required KvCacheDType KvCacheDType { get; init; }

    public required int EmitterVersion { get; init; }

    public required DecoderSpec Spec { get; init; }

    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>Gives null when the bytes are no manifest.</summary>
    public static ConversionManifest? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var manifest = JsonSerializer.Deserialize(json, ManifestJsonContext.Default.ConversionManifest);
            return manifest?.Files.All(file => file is not null) == true ? manifest : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJsonContext.Default.ConversionManifest);
}

/// <summary>A file of a converted model.</summary>
/// <param name="Name">Within the folder.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Digest">See <see cref="FileDigest"/>.</param>
internal sealed record ManifestFile(string Name, long Length, string Digest);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConversionManifest))]
internal sealed partial class ManifestJsonContext : JsonSerializerContext;
