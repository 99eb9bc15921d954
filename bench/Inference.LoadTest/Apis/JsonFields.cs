using System.Text.Json;

namespace Inference.LoadTest.Apis;

/// <summary>Properties that may be missing or null.</summary>
internal static class JsonFields
{
    public static bool TryGet(this JsonElement element, ReadOnlySpan<byte> name, out JsonElement value) =>
        (element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null)
        || None(out value);

    public static int? Number(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGet(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    /// <summary>Whether there is a string that is not empty.</summary>
    public static bool HasText(this JsonElement element, ReadOnlySpan<byte> name) =>
        element.TryGet(name, out var value) && value.ValueKind == JsonValueKind.String && !value.ValueEquals(""u8);

    /// <summary>The first element of an array; false without one.</summary>
    public static bool TryFirst(this JsonElement element, ReadOnlySpan<byte> name, out JsonElement first) =>
        (element.TryGet(name, out var array) && array.ValueKind == JsonValueKind.Array && array.GetArrayLength() > 0
            && Some(array[0], out first))
        || None(out first);

    /// <summary>The message of an error object, or the error itself.</summary>
    public static string ErrorText(JsonElement error)
    {
        var text = error.TryGet("message"u8, out var message) ? message : error;
        return text.ValueKind == JsonValueKind.String ? text.GetString()! : text.GetRawText();
    }

    private static bool Some(JsonElement element, out JsonElement value)
    {
        value = element;
        return true;
    }

    private static bool None(out JsonElement value)
    {
        value = default;
        return false;
    }
}
