using System.Text.Json;
using System.Text.Json.Serialization;

namespace Inference.Protocol.OpenAi;

/// <summary>Writes <see cref="StopReason"/> as a string or a number.</summary>
public sealed class StopReasonConverter : JsonConverter<StopReason>
{
    /// <inheritdoc/>
    public override StopReason Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.TokenType switch
    {
        JsonTokenType.String => new StopReason(reader.GetString(), null),
        JsonTokenType.Number when reader.TryGetInt32(out var id) => new StopReason(null, id),
        _ => throw new FieldFormatException("a string or an integer"),
    };

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, StopReason value, JsonSerializerOptions options)
    {
        if (value.TokenId is { } id)
        {
            writer.WriteNumberValue(id);
        }
        else
        {
            writer.WriteStringValue(value.Text);
        }
    }
}
