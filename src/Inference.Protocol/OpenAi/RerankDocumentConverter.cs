using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>Reads <see cref="RerankDocument"/> in both its forms.</summary>
public sealed class RerankDocumentConverter : JsonConverter<RerankDocument>
{
    /// <inheritdoc/>
    public override RerankDocument Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new RerankDocument(reader.GetString()!);
        }

        string? text = null;
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            for (reader.Read(); reader.TokenType != JsonTokenType.EndObject; reader.Read())
            {
                var isText = reader.ValueTextEquals("text"u8);
                reader.Read();
                if (isText && reader.TokenType == JsonTokenType.String)
                {
                    text = reader.GetString();
                }
                else
                {
                    reader.Skip();
                }
            }
        }

        return text is null ? throw new FieldFormatException("a string or an object with the field 'text'") : new RerankDocument(text);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RerankDocument value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, value.Text);
        writer.WriteEndObject();
    }
}
