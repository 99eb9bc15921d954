using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>Writes an <see cref="EmbeddingVector"/> in either form, and reads both.</summary>
public sealed class EmbeddingVectorConverter : JsonConverter<EmbeddingVector>
{
    /// <inheritdoc/>
    public override EmbeddingVector Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var values = new List<float>();
        if (reader.TokenType == JsonTokenType.String)
        {
            var bytes = reader.GetBytesFromBase64().AsSpan();
            for (; bytes.Length >= sizeof(float); bytes = bytes[sizeof(float)..])
            {
                values.Add(BinaryPrimitives.ReadSingleLittleEndian(bytes));
            }

            return new EmbeddingVector(values.ToArray(), IsBase64: true);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new FieldFormatException("an array of numbers or a string of base64");
        }

        for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            values.Add(reader.GetSingle());
        }

        return new EmbeddingVector(values.ToArray(), IsBase64: false);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EmbeddingVector value, JsonSerializerOptions options)
    {
        var values = value.Values.Span;
        if (value.IsBase64)
        {
            var bytes = new byte[values.Length * sizeof(float)];
            for (var i = 0; i < values.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
            }

            writer.WriteBase64StringValue(bytes);
            return;
        }

        writer.WriteStartArray();
        foreach (var number in values)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
