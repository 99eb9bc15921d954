using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Inference.Grammar.Tests.Json;

/// <summary>
/// JSON Schema straight from its specification, by recursion over the value: shares nothing with what it checks. Reads numbers as decimals,
/// so schemas and answers must have few digits.
/// </summary>
internal sealed class SchemaValidator(JsonNode root)
{
    private readonly HashSet<(JsonNode, JsonNode?)> _open = [];

    /// <summary>As readers of JSON have it: of several properties of one name the last counts.</summary>
    public static JsonNode? Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement);

        static JsonNode? Read(JsonElement element) => element.ValueKind switch
        {
            JsonValueKind.Object => new JsonObject(element.EnumerateObject().GroupBy(member => member.Name).Select(group => KeyValuePair.Create(group.Key, Read(group.Last().Value)))),
            JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select(Read)]),
            JsonValueKind.Null => null,
            _ => JsonNode.Parse(element.GetRawText()),
        };
    }

    /// <summary>Whether a value is valid against the root schema.</summary>
    public bool IsValid(JsonNode? value) => IsValid(root, value);

    private bool IsValid(JsonNode? schema, JsonNode? value)
    {
        if (schema is JsonValue flag)
            return flag.GetValue<bool>();
        // A schema that only refers to itself says nothing.
        if (!_open.Add((schema!, value)))
            return true;
        var keywords = schema!.AsObject();
        var isValid = keywords.All(keyword => IsValid(keywords, keyword.Key, keyword.Value, value));
        _open.Remove((schema!, value));
        return isValid;
    }

    private bool IsValid(JsonObject schema, string keyword, JsonNode? argument, JsonNode? value) => keyword switch
    {
        "$ref" => IsValid(Resolve(argument!.GetValue<string>()), value),
        "allOf" => argument!.AsArray().All(part => IsValid(part, value)),
        "anyOf" => argument!.AsArray().Any(part => IsValid(part, value)),
        "oneOf" => argument!.AsArray().Count(part => IsValid(part, value)) == 1,
        "const" => AreEqual(argument, value),
        "enum" => argument!.AsArray().Any(item => AreEqual(item, value)),
        "type" => argument is JsonArray types ? types.Any(type => IsOfType(type!.GetValue<string>(), value)) : IsOfType(argument!.GetValue<string>(), value),
        _ => value switch
        {
            JsonObject members => IsValidObject(schema, keyword, argument, members),
            JsonArray items => IsValidArray(schema, keyword, argument, items),
            JsonValue text when text.GetValueKind() == JsonValueKind.String => IsValidString(keyword, argument, text.GetValue<string>()),
            JsonValue number when number.GetValueKind() == JsonValueKind.Number => IsValidNumber(keyword, argument, number),
            _ => true,
        },
    };

    private bool IsValidObject(JsonObject schema, string keyword, JsonNode? argument, JsonObject members)
    {
        switch (keyword)
        {
            case "properties":
                return argument!.AsObject().All(property => !members.TryGetPropertyValue(property.Key, out var member) || IsValid(property.Value, member));
            case "patternProperties":
                return argument!.AsObject().All(pattern => members.All(member => !Regex.IsMatch(member.Key, pattern.Key) || IsValid(pattern.Value, member.Value)));
            case "additionalProperties":
                var named = schema["properties"]?.AsObject();
                var patterns = schema["patternProperties"]?.AsObject().Select(pattern => pattern.Key).ToArray() ?? [];
                return members.Where(member => named?.ContainsKey(member.Key) != true && !patterns.Any(pattern => Regex.IsMatch(member.Key, pattern)))
                    .All(member => IsValid(argument, member.Value));
            case "propertyNames":
                return members.All(member => IsValid(argument, JsonValue.Create(member.Key)));
            case "required":
                return argument!.AsArray().All(name => members.ContainsKey(name!.GetValue<string>()));
            case "minProperties":
                return members.Count >= argument!.GetValue<int>();
            case "maxProperties":
                return members.Count <= argument!.GetValue<int>();
            default:
                return true;
        }
    }

    private bool IsValidArray(JsonObject schema, string keyword, JsonNode? argument, JsonArray items) => keyword switch
    {
        "prefixItems" => items.Zip(argument!.AsArray()).All(pair => IsValid(pair.Second, pair.First)),
        "items" => items.Skip(schema["prefixItems"]?.AsArray().Count ?? 0).All(item => IsValid(argument, item)),
        "minItems" => items.Count >= argument!.GetValue<int>(),
        "maxItems" => items.Count <= argument!.GetValue<int>(),
        "uniqueItems" => !argument!.GetValue<bool>() || items.All(item => items.Count(other => AreEqual(item, other)) == 1),
        _ => true,
    };

    private static bool IsValidString(string keyword, JsonNode? argument, string text) => keyword switch
    {
        "minLength" => text.EnumerateRunes().Count() >= argument!.GetValue<int>(),
        "maxLength" => text.EnumerateRunes().Count() <= argument!.GetValue<int>(),
        "pattern" => Regex.IsMatch(text, argument!.GetValue<string>(), RegexOptions.ECMAScript),
        "format" => IsOfFormat(argument!.GetValue<string>(), text),
        _ => true,
    };

    private static bool IsOfFormat(string format, string text) => format switch
    {
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "date-time" => text.Contains('T', StringComparison.Ordinal) && DateTimeOffset.TryParse(
            // .NET knows offsets up to 14 hours and fractions up to seven digits.
            Regex.Replace(Regex.Replace(text, "[+-]..:..$", "Z"), "(\\.[0-9]{7})[0-9]*", "$1"), CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "ipv4" => System.Net.IPAddress.TryParse(text, out var v4) && v4.ToString() == text,
        "ipv6" => System.Net.IPAddress.TryParse(text, out var v6) && v6.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6,
        "email" => System.Net.Mail.MailAddress.TryCreate(text, out _),
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _) || text.Contains(':', StringComparison.Ordinal),
        _ => throw new NotSupportedException(format),
    };

    private static bool IsValidNumber(string keyword, JsonNode? argument, JsonNode number)
    {
        var value = Decimal(number);
        return keyword switch
        {
            "minimum" => Compare(value, Decimal(argument!)) >= 0,
            "exclusiveMinimum" => Compare(value, Decimal(argument!)) > 0,
            "maximum" => Compare(value, Decimal(argument!)) <= 0,
            "exclusiveMaximum" => Compare(value, Decimal(argument!)) < 0,
            "multipleOf" => IsMultiple(value, Decimal(argument!)),
            _ => true,
        };
    }

    private static bool IsOfType(string type, JsonNode? value) => (type, value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        ("null", JsonValueKind.Null) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number) => true,
        ("array", JsonValueKind.Array) or ("object", JsonValueKind.Object) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        ("integer", JsonValueKind.Number) => IsMultiple(Decimal(value!), (1, 0)),
        _ => false,
    };

    private static bool AreEqual(JsonNode? a, JsonNode? b)
    {
        if (a?.GetValueKind() == JsonValueKind.Number && b?.GetValueKind() == JsonValueKind.Number)
            return Compare(Decimal(a), Decimal(b)) == 0;
        return JsonNode.DeepEquals(a, b);
    }

    /// <summary>Digits and the power of ten that they are divided by.</summary>
    private static (BigInteger Digits, int Scale) Decimal(JsonNode number)
    {
        var parts = number.ToJsonString().Split('e', 'E');
        var exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        var point = parts[0].IndexOf('.', StringComparison.Ordinal);
        var fraction = point < 0 ? 0 : parts[0].Length - point - 1;
        return (BigInteger.Parse(parts[0].Replace(".", "", StringComparison.Ordinal), CultureInfo.InvariantCulture), fraction - exponent);
    }

    private static int Compare((BigInteger Digits, int Scale) a, (BigInteger Digits, int Scale) b)
    {
        var (x, y) = Align(a, b);
        return x.CompareTo(y);
    }

    private static bool IsMultiple((BigInteger Digits, int Scale) a, (BigInteger Digits, int Scale) b)
    {
        var (x, y) = Align(a, b);
        return (x % y).IsZero;
    }

    private static (BigInteger, BigInteger) Align((BigInteger Digits, int Scale) a, (BigInteger Digits, int Scale) b)
    {
        var scale = Math.Max(a.Scale, b.Scale);
        return (a.Digits * BigInteger.Pow(10, scale - a.Scale), b.Digits * BigInteger.Pow(10, scale - b.Scale));
    }

    private JsonNode? Resolve(string reference)
    {
        JsonNode? node = root;
        foreach (var part in reference.Split('/').Skip(1))
            node = node is JsonArray array ? array[int.Parse(part, CultureInfo.InvariantCulture)] : node![part];
        return node;
    }
}
