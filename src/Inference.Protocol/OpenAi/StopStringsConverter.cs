using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>Reads <see cref="StopStrings"/> from a string or an array of strings.</summary>
public sealed class StopStringsConverter : JsonConverter<StopStrings>
{
    /// <inheritdoc/>
    public override StopStrings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new StopStrings([reader.GetString()!]);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Unexpected();
        }

        var values = ImmutableArray.CreateBuilder<string>();
        for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            values.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw Unexpected());
        }

        return new StopStrings(values.ToImmutable());
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, StopStrings value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value.Values)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }

    private static FieldFormatException Unexpected() => new("a string or an array of strings");
}
