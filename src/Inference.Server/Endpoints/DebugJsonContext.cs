using System.Text.Json.Serialization;

namespace Inference.Server.Endpoints;

/// <summary>Serialization of /debug, generated at build time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(EngineReport))]
internal sealed partial class DebugJsonContext : JsonSerializerContext;
