using System.Text.Json;
using Inference.LoadTest.Data;

namespace Inference.LoadTest.Apis;

/// <summary>Requests without a body, whose answers are not looked at: what connections and headers alone cost.</summary>
internal sealed class GetFormat : ApiFormat
{
    public override bool HasBody => false;

    public override string DefaultPath(bool stream) => "/health";

    public override void Write(Utf8JsonWriter body, RequestSpec request, GenerationOptions options) =>
        throw new InvalidOperationException("A GET has no body.");

    public override bool Read(JsonElement root, Answer answer) => false;
}
