using System.Text.Encodings.Web;
using System.Text.Json;

namespace Inference.Server.Responses;

/// <summary>How JSON that is put together by hand is written: as the rest is.</summary>
internal static class ResponseJson
{
    /// <summary>Not escaped for HTML.</summary>
    public static JsonSerializerOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
