using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Inference.Server.Pages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Inference.FunctionalTests.Pages;

/// <summary>/openapi.json says what is so. A new address needs its line in <see cref="ApiReference"/>; the rest follows from its types.</summary>
public sealed partial class OpenApiTests
{
    [Fact]
    public async Task Paths_AreTheRoutes()
    {
        await using var server = await RunningServer.StartAsync(options => options with { EnableDebugEndpoints = true, AllowRuntimeLoraUpdating = true });
        var api = await ReadAsync(server);

        var routes = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(route => route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
                .Where(method => method is not ("HEAD" or "OPTIONS"))
                .Select(method => $"{method} {CatchAll().Replace(route.RoutePattern.RawText!, "{")}"));
        var described = api.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name}"));

        Assert.Equal(routes.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Schemas_HaveEveryFieldOfTheTypes_WithADescription()
    {
        await using var server = await RunningServer.StartAsync();
        var schemas = (await ReadAsync(server)).GetProperty("components").GetProperty("schemas");
        var types = ApiReference.All.SelectMany(operation => new[] { operation.Request, operation.Response, operation.StreamEvent }).OfType<JsonTypeInfo>();

        foreach (var type in types.DistinctBy(type => type.Type))
        {
            var properties = schemas.GetProperty(type.Type.Name).GetProperty("properties");
            Assert.Equal(type.Properties.Select(property => property.Name).Order(), properties.EnumerateObject().Select(property => property.Name).Order());
        }

        foreach (var schema in schemas.EnumerateObject())
        {
            foreach (var property in schema.Value.GetProperty("properties").EnumerateObject())
            {
                Assert.True(property.Value.TryGetProperty("description", out _), $"{schema.Name}.{property.Name} has no doc comment");
                Assert.True(property.Value.EnumerateObject().Count() > 1, $"{schema.Name}.{property.Name} can be anything: say what in field-schemas.json");
            }
        }
    }

    [Fact]
    public async Task References_AllResolve()
    {
        await using var server = await RunningServer.StartAsync();
        var api = await ReadAsync(server);

        var references = Reference().Matches(api.GetRawText()).Select(match => match.Groups[1].Value).Distinct().ToArray();

        Assert.True(references.Length > 10);
        foreach (var reference in references)
        {
            var found = api;
            Assert.All(reference.Split('/'), step => Assert.True(found.TryGetProperty(step, out found), reference));
        }
    }

    [Fact]
    public async Task Fields_SayWhatTheDocCommentsSay()
    {
        await using var server = await RunningServer.StartAsync();
        var api = await ReadAsync(server);
        var request = api.GetProperty("components").GetProperty("schemas").GetProperty("ChatCompletionRequest").GetProperty("properties");

        Assert.Equal("OpenAI's newer name of max_tokens; it wins when both are given.", request.GetProperty("max_completion_tokens").GetProperty("description").GetString());
        Assert.Equal("How many alternatives to report per token; only with `logprobs`.", request.GetProperty("top_logprobs").GetProperty("description").GetString());
        Assert.Equal("""["integer","null"]""", request.GetProperty("top_k").GetProperty("type").GetRawText());
        Assert.Equal("array", request.GetProperty("messages").GetProperty("type").GetString());
        Assert.Contains("stop", request.EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task Examples_AreAnsweredWithASuccess()
    {
        await using var server = await EmbeddingServer.StartAsync();

        foreach (var operation in ApiReference.All.Where(operation => operation.Example is not null))
        {
            using var response = await server.PostAsync(operation.Path, operation.Example!);
            Assert.True(response.StatusCode == HttpStatusCode.OK, $"{operation.Path}: {(int)response.StatusCode}");
        }
    }

    private static async Task<JsonElement> ReadAsync(RunningServer server) =>
        JsonElement.Parse(await server.Client.GetStringAsync("/openapi.json", TestContext.Current.CancellationToken));

    [GeneratedRegex(@"\{\*+")]
    private static partial Regex CatchAll();

    [GeneratedRegex("\"#/([^\"]+)\"")]
    private static partial Regex Reference();
}
