using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace Inference.Protocol.OpenAi;

/// <summary>
/// Reads JSON of any form, all of whose strings and names are text. JSON can spell half a surrogate pair, which is none, or hold bytes that
/// are no UTF-8: without this it would be found wherever somebody reads the string, long after anybody knows which field it is of.
/// </summary>
public sealed class TextElementConverter : JsonConverter<JsonElement>
{
    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">A string or name has half a surrogate pair; the serializer tells of it with the field's path.</exception>
    /// <exception cref="FieldFormatException">The bytes are no UTF-8.</exception>
    public override JsonElement Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var element = JsonElement.ParseValue(ref reader);
        var json = JsonMarshal.GetRawUtf8Value(element);

        if (!Utf8.IsValid(json))
        {
            throw new FieldFormatException("valid Unicode text");
        }

        // Only an escape can spell one, and most texts have none.
        if (json.IndexOf("\\u"u8) >= 0)
        {
            CheckText(json);
        }

        return element;
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, JsonElement value, JsonSerializerOptions options) => value.WriteTo(writer);

    private static void CheckText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.ValueIsEscaped)
            {
                _ = reader.GetString();
            }
        }
    }
}
