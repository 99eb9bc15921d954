using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Reads JSON as Python's json does: a number without fraction or exponent is an integer, keys keep their order.</summary>
internal static class JsonReader
{
    private const int MaxDepth = 256;
    private const int MaxIntegerDigits = 1000;

    /// <param name="element">The JSON.</param>
    /// <param name="name">The input's name, for messages.</param>
    /// <exception cref="TemplateFault">Nested too deeply, a number with too many digits, or text that is not Unicode.</exception>
    public static object? Read(JsonElement element, string name)
    {
        try
        {
            return Read(element, 0);
        }
        catch (InvalidOperationException)
        {
            throw TemplateFault.Input($"{name} contains a string with an unpaired surrogate");
        }
        catch (FormatException e)
        {
            throw TemplateFault.Input($"{name} contains {e.Message}");
        }
    }

    private static object? Read(JsonElement element, int depth)
    {
        if (depth > MaxDepth)
        {
            throw new FormatException($"values nested deeper than {MaxDepth}");
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var dict = new DictValue(0);
                foreach (var property in element.EnumerateObject())
                {
                    dict.Set(property.Name, Read(property.Value, depth + 1));
                }

                return dict;
            case JsonValueKind.Array:
                var items = new List<object?>(element.GetArrayLength());
                foreach (var item in element.EnumerateArray())
                {
                    items.Add(Read(item, depth + 1));
                }

                return new ListValue(items);
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                return ReadNumber(element);
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }

    private static object ReadNumber(JsonElement element)
    {
        if (element.TryGetInt64(out var integer))
        {
            var text = element.GetRawText();
            return text.AsSpan().ContainsAny('.', 'e', 'E') ? (object)(double)integer : integer;
        }

        var raw = element.GetRawText();
        if (raw.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return double.Parse(raw, CultureInfo.InvariantCulture);
        }

        return raw.Length <= MaxIntegerDigits
            ? Numbers.Normalize(BigInteger.Parse(raw, CultureInfo.InvariantCulture))
            : throw new FormatException($"an integer of {raw.Length} digits");
    }
}
