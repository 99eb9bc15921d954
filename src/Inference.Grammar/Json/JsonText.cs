using System.Globalization;
using System.Text.Json;

namespace Inference.Grammar.Json;

/// <summary>Texts from JSON.</summary>
internal static class JsonText
{
    /// <summary>A string's text.</summary>
    /// <exception cref="ConstraintException">It holds half a surrogate pair.</exception>
    public static string Of(JsonElement value, string pointer)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException exception)
        {
            throw new ConstraintException($"The schema at {SchemaDocument.Shorten(pointer)} holds half a surrogate pair.", exception);
        }
    }

    /// <summary>A property's name.</summary>
    /// <exception cref="ConstraintException">It holds half a surrogate pair.</exception>
    public static string NameOf(JsonProperty property, string pointer)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException exception)
        {
            throw new ConstraintException($"The schema at {SchemaDocument.Shorten(pointer)} holds half a surrogate pair.", exception);
        }
    }

    public static string Of(int index) => index.ToString(CultureInfo.InvariantCulture);
}
