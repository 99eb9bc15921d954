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
            return new Prompt([Of(reader.GetString())]);
        }

        Expect(reader.TokenType == JsonTokenType.StartArray);
        if (HasArrays(reader))
        {
            return new Prompt(ReadPrompts(ref reader));
        }

        // A token id right in the array makes the whole array one prompt; otherwise each text is one.
        var parts = ReadParts(ref reader);
        return new Prompt(parts.Any(part => part.TokenIds is not null) ? [new PromptItem(parts)] : [.. parts.Select(part => Of(part.Text))]);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Prompt value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var item in value.Items)
        {
            if (item.Parts is [{ Text: { } text }])
            {
                writer.WriteStringValue(text);
                continue;
            }

            writer.WriteStartArray();
            foreach (var part in item.Parts)
            {
                WritePart(writer, part);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter writer, PromptPart part)
    {
        if (part.TokenIds is not { } ids)
        {
            writer.WriteStringValue(part.Text);
            return;
        }

        foreach (var id in ids)
        {
            writer.WriteNumberValue(id);
        }
    }

    // Looks ahead with a copy of the reader.
    private static bool HasArrays(Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType is JsonTokenType.String or JsonTokenType.Number)
        {
        }

        return reader.TokenType == JsonTokenType.StartArray;
    }

    private static ImmutableArray<PromptItem> ReadPrompts(ref Utf8JsonReader reader)
    {
        var items = ImmutableArray.CreateBuilder<PromptItem>();
        for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            Expect(reader.TokenType is JsonTokenType.String or JsonTokenType.StartArray);
            items.Add(reader.TokenType == JsonTokenType.String ? Of(reader.GetString()) : new PromptItem(ReadParts(ref reader)));
        }

        return items.ToImmutable();
    }

    // From an array's beginning to its end, which is left as the current token. Ids that follow each other are one part.
    private static ImmutableArray<PromptPart> ReadParts(ref Utf8JsonReader reader)
    {
        var parts = ImmutableArray.CreateBuilder<PromptPart>();
        var ids = new List<int>();
        for (reader.Read(); reader.TokenType != JsonTokenType.EndArray; reader.Read())
        {
            if (reader.TokenType == JsonTokenType.Number)
            {
                Expect(reader.TryGetInt32(out var id));
                ids.Add(id);
                continue;
            }

            Expect(reader.TokenType == JsonTokenType.String);
            AddIds(parts, ids);
            parts.Add(new PromptPart(reader.GetString(), null));
        }

        AddIds(parts, ids);
        return parts.ToImmutable();
    }

    private static void AddIds(ImmutableArray<PromptPart>.Builder parts, List<int> ids)
    {
        if (ids.Count > 0)
        {
            parts.Add(new PromptPart(null, [.. ids]));
            ids.Clear();
        }
    }

    private static PromptItem Of(string? text) => new([new PromptPart(text, null)]);

    private static void Expect(bool condition)
    {
        if (!condition)
        {
            throw new FieldFormatException(Expectation);
        }
    }
}
