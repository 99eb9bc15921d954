using System.Text.Json.Serialization;
using Inference.Protocol.OpenAi.Responses;

namespace Inference.Protocol.OpenAi;

/// <summary>
/// Serialization of what is written for each token: as in <see cref="OpenAiJsonContext"/>, but without converters, with any of which the
/// serializer goes by metadata, and allocates, instead of running the code that was generated for the type.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CompletionResponse))]
[JsonSerializable(typeof(ChatCompletionChunk))]
[JsonSerializable(typeof(ResponseEvent))]
public sealed partial class OpenAiEventJsonContext : JsonSerializerContext;
