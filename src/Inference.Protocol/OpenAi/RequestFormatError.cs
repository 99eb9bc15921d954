using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Inference.Protocol.OpenAi;

/// <summary>What is wrong with a request body that cannot be read, in words for the client.</summary>
/// <param name="Message">One line; names the field, never repeats its value.</param>
/// <param name="Param">The field's path such as "messages[0].role", or null when the body as a whole is wrong.</param>
public sealed record RequestFormatError(string Message, string? Param)
{
    // The client chooses a path's length (keys of an object); an error repeats this much of it at most.
    private const int MaxParamLength = 128;

    /// <summary>Explains why <paramref name="exception"/> was thrown while reading a body of type <paramref name="bodyType"/>.</summary>
    public static RequestFormatError Explain(JsonException exception, JsonTypeInfo bodyType)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(bodyType);

        // The reader's own exception inside means that the text is no JSON; without one the value has the wrong type.
        if (exception.InnerException is JsonException syntax)
        {
            var position = $"line {syntax.LineNumber + 1}, byte {syntax.BytePositionInLine + 1}";
            return new RequestFormatError($"The request body is not valid JSON ({position}): {FirstSentence(syntax.Message)}", null);
        }

        var path = exception.Path is { Length: > 2 } p && p.StartsWith("$.", StringComparison.Ordinal) ? p[2..] : null;
        if (path is null)
        {
            return new RequestFormatError("The request body must be a JSON object.", null);
        }

        var param = path.Length <= MaxParamLength ? path : path[..MaxParamLength];
        var expectation = exception switch
        {
            FieldFormatException field => field.Expectation,

            // Half a surrogate pair, which JSON can spell but which is no text. The reader tells it from a wrong type in words only.
            { InnerException: InvalidOperationException reader } when reader.Message.Contains("UTF", StringComparison.Ordinal) => "valid Unicode text",
            _ => ExpectedAt(path, bodyType),
        };
        return new RequestFormatError($"'{param}' must be {expectation}.", param);
    }

    private static string FirstSentence(string message)
    {
        var end = message.IndexOf(" Path: ", StringComparison.Ordinal);
        end = end < 0 ? message.IndexOf(" LineNumber: ", StringComparison.Ordinal) : end;
        return end < 0 ? message : message[..end];
    }

    private static string ExpectedAt(string path, JsonTypeInfo bodyType)
    {
        var type = bodyType;
        foreach (var segment in path.Split('.', '['))
        {
            var next = type.Kind == JsonTypeInfoKind.Object
                ? type.Properties.FirstOrDefault(property => property.Name == segment)?.PropertyType
                : type.ElementType;
            if (next is null)
            {
                break;
            }

            type = type.Options.GetTypeInfo(Nullable.GetUnderlyingType(next) ?? next);
        }

        return Describe(type);
    }

    private static string Describe(JsonTypeInfo type) => type switch
    {
        { Kind: JsonTypeInfoKind.Enumerable } => "an array",
        { Kind: JsonTypeInfoKind.Object or JsonTypeInfoKind.Dictionary } => "an object",
        _ when type.Type == typeof(bool) => "a boolean",
        _ when type.Type == typeof(int) => "an integer of 32 bits",
        _ when type.Type == typeof(long) => "an integer of 64 bits",
        _ when type.Type == typeof(double) => "a number",
        _ when type.Type == typeof(string) => "a string",
        _ => "of another type",
    };
}
