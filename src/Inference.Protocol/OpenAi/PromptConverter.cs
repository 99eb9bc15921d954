using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>Reads <see cref="Prompt"/> in all its forms.</summary>
public sealed class PromptConverter : JsonConverter<Prompt>
{
    private const string Expectation = "a string, an array of strings, an array of token ids or an array of arrays of token ids";

    /// <inheritdoc/>
    public override Prompt Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return new Prompt([new PromptItem(reader.GetString(), null)]);
        }

        Expect(reader.TokenType == JsonTokenType.StartArray);
        reader.Read();
        return reader.TokenType == JsonTokenType.Number
            ? new Prompt([new PromptItem(null, ReadTokenIds(ref reader))])
            : new Prompt(ReadItems(ref reader));
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Prompt value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in value.Items)
        {
            if (item.TokenIds is null)
            {
                writer.WriteStringValue(item.Text);
                continue;
            }

            writer.WriteStartArray();
            foreach (var id in item.TokenIds)
            {
                writer.WriteNumberValue(id);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static ImmutableArray<PromptItem> ReadItems(ref Utf8JsonReader reader)
    {
        var items = ImmutableArray.CreateBuilder<PromptItem>();
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            if (reader.TokenType == JsonTokenType.String)
            {
                items.Add(new PromptItem(reader.GetString(), null));
                continue;
            }

            Expect(reader.TokenType == JsonTokenType.StartArray);
            reader.Read();
            items.Add(new PromptItem(null, ReadTokenIds(ref reader)));
        }

        return items.ToImmutable();
    }

    // From the first element to the array's end, which is left as the current token.
    private static int[] ReadTokenIds(ref Utf8JsonReader reader)
    {
        var ids = new List<int>();
        for (; reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            var id = 0;
            Expect(reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out id));
            ids.Add(id);
        }

        return [.. ids];
    }

    private static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new FieldFormatException(Expectation);
        }
    }
}
