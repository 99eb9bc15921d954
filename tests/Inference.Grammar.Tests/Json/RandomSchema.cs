using System.Text.Json.Nodes;

namespace Inference.Grammar.Tests.Json;

/// <summary>Makes schemas at random: of every keyword, some of them impossible to satisfy.</summary>
internal sealed class RandomSchema(Random random)
{
    private static readonly string[] Names = ["a", "name", "x-y", "é", "a\"b", "id", "list", "next"];
    private static readonly string[] Patterns = ["^[a-c]+$", "b", "^x", "y$", "^\\d{2}-\\w+$", "^(ab|c)*$", "[^a]"];
    private static readonly string[] Formats = ["date", "date-time", "uuid", "ipv4", "ipv6", "email", "uri"];

    public JsonObject Create()
    {
        var root = Schema(3);
        if (random.Next(3) == 0)
            root["$defs"] = new JsonObject { ["node"] = Schema(1) };
        else
            root["$defs"] = new JsonObject { ["node"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["next"] = Reference() } } };
        return root;
    }

    private JsonObject Schema(int depth)
    {
        var kind = random.Next(depth > 0 ? 13 : 5);
        return kind switch
        {
            0 => Number(),
            1 => String(),
            2 => new JsonObject { ["type"] = Pick("boolean", "null") },
            3 => new JsonObject { ["enum"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Value(1))]) },
            4 => new JsonObject { ["const"] = Value(2) },
            5 or 6 or 7 => Object(depth),
            8 or 9 => Array(depth),
            10 => new JsonObject { ["anyOf"] = new JsonArray([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (JsonNode)Schema(depth - 1))]) },
            11 => AllOf(depth),
            _ => random.Next(2) == 0 ? Reference() : new JsonObject { ["oneOf"] = new JsonArray(Number(), String(), Array(depth - 1)) },
        };
    }

    private static JsonObject Reference() => new() { ["$ref"] = "#/$defs/node" };

    private JsonObject AllOf(int depth) =>
        random.Next(2) == 0
            ? new JsonObject { ["allOf"] = new JsonArray(Object(depth), Object(depth - 1)) }
            : new JsonObject { ["allOf"] = new JsonArray(Schema(depth - 1)), ["type"] = new JsonArray("string", "integer", "object", "array") };

    private JsonObject Number()
    {
        var schema = new JsonObject { ["type"] = Pick("integer", "number") };
        var low = random.Next(-120, 120) / (random.Next(2) == 0 ? 1m : 8m);
        if (random.Next(2) == 0)
            schema[Pick("minimum", "exclusiveMinimum")] = low;
        if (random.Next(2) == 0)
            schema[Pick("maximum", "exclusiveMaximum")] = low + random.Next(-5, 300) / 4m;
        if (random.Next(4) == 0)
            schema["multipleOf"] = random.Next(1, 30) / (random.Next(2) == 0 ? 1m : 4m);
        return schema;
    }

    private JsonObject String()
    {
        var schema = new JsonObject { ["type"] = "string" };
        switch (random.Next(4))
        {
            case 0:
                schema["format"] = Formats[random.Next(Formats.Length)];
                break;
            case 1:
                schema["pattern"] = Patterns[random.Next(Patterns.Length)];
                break;
        }

        if (!schema.ContainsKey("format") && random.Next(2) == 0)
            schema["minLength"] = random.Next(4);
        if (!schema.ContainsKey("format") && random.Next(2) == 0)
            schema["maxLength"] = random.Next(12);
        return schema;
    }

    private JsonObject Array(int depth)
    {
        var schema = new JsonObject { ["type"] = "array" };
        if (random.Next(4) > 0)
            schema["items"] = Schema(depth - 1);
        if (random.Next(4) == 0)
            schema["prefixItems"] = new JsonArray(Schema(depth - 1), Schema(0));
        if (random.Next(2) == 0)
            schema["minItems"] = random.Next(3);
        if (random.Next(2) == 0)
            schema["maxItems"] = random.Next(4);
        if (random.Next(6) == 0)
        {
            schema["items"] = new JsonObject { ["enum"] = new JsonArray("u", "v", 3, null) };
            schema.Remove("prefixItems");
            schema["uniqueItems"] = true;
        }

        return schema;
    }

    private JsonObject Object(int depth)
    {
        var schema = new JsonObject { ["type"] = "object" };
        var names = Names.OrderBy(_ => random.Next()).Take(random.Next(4)).ToArray();
        schema["properties"] = new JsonObject([.. names.Select(name => KeyValuePair.Create(name, (JsonNode?)Schema(depth - 1)))]);
        schema["required"] = new JsonArray([.. names.Where(_ => random.Next(2) == 0).Select(name => (JsonNode)name)]);
        if (random.Next(3) > 0)
            schema["additionalProperties"] = random.Next(3) == 0 ? Schema(0) : false;
        if (random.Next(5) == 0)
            schema["patternProperties"] = new JsonObject { [Patterns[random.Next(3)]] = Schema(0) };
        if (random.Next(6) == 0)
            schema["propertyNames"] = new JsonObject { ["maxLength"] = random.Next(1, 5) };
        if (random.Next(5) == 0)
            schema["minProperties"] = random.Next(names.Length + 2);
        if (random.Next(5) == 0)
            schema["maxProperties"] = random.Next(5);
        return schema;
    }

    private JsonNode? Value(int depth) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => random.Next(-20, 20) / 2m,
        1 => Names[random.Next(Names.Length)],
        2 => random.Next(2) == 0,
        3 => null,
        4 => "\n\\\u0001漢",
        5 => new JsonArray(Value(depth - 1), Value(depth - 1)),
        _ => new JsonObject { ["k"] = Value(depth - 1), ["é"] = Value(depth - 1) },
    };

    private string Pick(string a, string b) => random.Next(2) == 0 ? a : b;
}
