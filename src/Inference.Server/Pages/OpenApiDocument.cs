using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Inference.Protocol.OpenAi;
using Inference.Server.Endpoints;
using Microsoft.AspNetCore.WebUtilities;

namespace Inference.Server.Pages;

/// <summary>The description of the API by OpenAPI 3.1, made of <see cref="ApiReference"/> and the wire types.</summary>
internal static partial class OpenApiDocument
{
    private const string Json = "application/json";
    private const string About =
        "An OpenAI-style API for large language models: any OpenAI client works with this server's address and /v1 as its base URL. "
        + "Fields that are unknown are ignored; null means the same as leaving a field out.";

    /// <summary>The document in UTF-8.</summary>
    public static byte[] Create()
    {
        var schemas = new OpenApiSchemas();
        var paths = new JsonObject();
        foreach (var operation in ApiReference.All)
        {
            var path = paths[operation.Path] as JsonObject ?? [];
            path[Lower(operation.Method)] = Describe(operation, schemas);
            paths[operation.Path] = path;
        }

        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Inference", ["version"] = OperationsEndpoints.Version, ["description"] = About },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
            ["tags"] = new JsonArray([.. ApiReference.All.Select(operation => operation.Tag).Distinct().Select(tag => new JsonObject { ["name"] = tag })]),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "Where API keys are set." },
                    ["header"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "X-Api-Key" },
                },
                ["responses"] = Failures(schemas),
                ["schemas"] = schemas.ToJson(),
            },
        };
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, OpenAiJsonContext.WriterOptions))
        {
            document.WriteTo(writer);
        }

        return json.ToArray();
    }

    private static JsonObject Describe(ApiOperation operation, OpenApiSchemas schemas)
    {
        var description = new JsonObject
        {
            ["tags"] = new JsonArray(operation.Tag),
            ["operationId"] = OperationId(operation),
            ["summary"] = operation.Summary,
        };
        if (operation.IsGuarded)
        {
            // Either of them, or nothing where no key is set.
            description["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() }, new JsonObject { ["header"] = new JsonArray() }, new JsonObject());
        }

        if (Parameter().Match(operation.Path) is { Success: true } parameter)
        {
            description["parameters"] = new JsonArray(new JsonObject
            {
                ["name"] = parameter.Groups[1].Value, ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" },
            });
        }

        if (operation.Request is { } request)
        {
            var body = new JsonObject { ["schema"] = schemas.Reference(request) };
            if (operation.Example is { } example)
            {
                body["example"] = JsonNode.Parse(example);
            }

            description["requestBody"] = new JsonObject { ["required"] = true, ["content"] = new JsonObject { [Json] = body } };
        }

        description["responses"] = Responses(operation, schemas);
        return description;
    }

    private static JsonObject Responses(ApiOperation operation, OpenApiSchemas schemas)
    {
        var content = new JsonObject();
        if (operation.Response is { } response)
        {
            content[Json] = Content(response, schemas);
        }

        if (operation.StreamEvent is { } streamed)
        {
            content["text/event-stream"] = Content(streamed, schemas);
        }

        if (operation.ContentType is { } type)
        {
            content[type] = new JsonObject();
        }

        var success = new JsonObject { ["description"] = operation.StreamEvent is null ? "Success." : "The answer; with \"stream\", one such object in each event, and [DONE] as the last." };
        if (content.Count > 0)
        {
            success["content"] = content;
        }

        var responses = new JsonObject { ["200"] = success };
        foreach (var status in operation.AllFailures)
        {
            responses[$"{status}"] = new JsonObject { ["$ref"] = $"#/components/responses/{status}" };
        }

        return responses;
    }

    private static JsonObject Failures(OpenApiSchemas schemas) => new(ApiReference.All
        .SelectMany(operation => operation.AllFailures)
        .Distinct()
        .Order()
        .Select(status => KeyValuePair.Create($"{status}", (JsonNode?)new JsonObject
        {
            ["description"] = ReasonPhrases.GetReasonPhrase(status) + ".",
            ["content"] = new JsonObject { [Json] = Content(OpenAiJsonContext.Default.ErrorResponse, schemas) },
        })));

    private static JsonObject Content(JsonTypeInfo type, OpenApiSchemas schemas) => new() { ["schema"] = schemas.Reference(type) };

    private static string OperationId(ApiOperation operation) =>
        Lower(operation.Method) + string.Concat(Word().Matches(operation.Path).Select(word => char.ToUpperInvariant(word.Value[0]) + word.Value[1..]));

    private static string Lower(string method) => method.ToLowerInvariant();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
