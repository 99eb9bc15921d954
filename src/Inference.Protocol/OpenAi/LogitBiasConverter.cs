using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>Reads <see cref="LogitBias"/> in both forms.</summary>
public sealed class LogitBiasConverter : JsonConverter<LogitBias>
{
    private const string Expectation = "an object of token ids and numbers, or an array of [token id, number]";

    /// <inheritdoc/>
    public override LogitBias Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var values = ImmutableArray.CreateBuilder<KeyValuePair<string, double>>();
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var key = reader.GetString()!;
                    reader.Read();
                    values.Add(new(key, Number(ref reader)));
                }

                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
                {
                    values.Add(ReadPair(ref reader));
                }

                Expect(reader.TokenType == JsonTokenType.EndArray);
                break;
            default:
                throw new FieldFormatException(Expectation);
        }

        return new LogitBias(values.ToImmutable());
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, LogitBias value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (key, bias) in value.Values)
        {
            writer.WriteNumber(key, bias);
        }

        writer.WriteEndObject();
    }

    private static KeyValuePair<string, double> ReadPair(ref Utf8JsonReader reader)
    {
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out _));
        var key = reader.GetInt64().ToString(CultureInfo.InvariantCulture);
        reader.Read();
        var bias = Number(ref reader);
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.EndArray);
        return new(key, bias);
    }

    private static double Number(ref Utf8JsonReader reader)
    {
        var number = 0.0;
        Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out number));
        return number;
    }

    private static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new FieldFormatException(Expectation);
        }
    }
}
