using System.Text.Json;

namespace Inference.Protocol.OpenAi;

/// <summary>A field has none of the forms it may have. The serializer adds the field's path.</summary>
public sealed class FieldFormatException : JsonException
{
    /// <summary>With what the field must be, such as "a string or an array of strings".</summary>
    public FieldFormatException(string expectation)
        : base($"The field must be {expectation}.") => Expectation = expectation;

    /// <summary>What the field must be.</summary>
    public string Expectation { get; }
}
