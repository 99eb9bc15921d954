using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Inference.Server.Admission;

namespace Inference.Server.Pages;

/// <summary>What /openapi.json and /docs tell of one address and method, besides what is told of the types themselves.</summary>
/// <param name="Method">Such as "POST".</param>
/// <param name="Path">As in OpenAPI: a parameter is {name}.</param>
/// <param name="Tag">The group it is shown in.</param>
/// <param name="Summary">One line.</param>
internal sealed record ApiOperation(string Method, string Path, string Tag, string Summary)
{
    /// <summary>The JSON body; null for none.</summary>
    public JsonTypeInfo? Request { get; init; }

    /// <summary>The answer's JSON; null when it is of another type, or empty.</summary>
    public JsonTypeInfo? Response { get; init; }

    /// <summary>The data of each event when the request's field "stream" is true; null when answers cannot be streamed.</summary>
    public JsonTypeInfo? StreamEvent { get; init; }

    /// <summary>The answer's type when it is not JSON; null for an empty answer.</summary>
    public string? ContentType { get; init; }

    /// <summary>A body to begin with: JSON that the server answers with a success.</summary>
    public string? Example { get; init; }

    /// <summary>Statuses of failures besides those that follow from the rest.</summary>
    public ImmutableArray<int> Failures { get; init; } = [];

    /// <summary>Whether it asks for an API key, where keys are set.</summary>
    public bool IsGuarded => ApiKeyMiddleware.IsGuarded(Path);

    /// <summary>Every status of a failure, in order.</summary>
    public IEnumerable<int> AllFailures => Failures
        .Concat(IsGuarded ? [401] : [])
        .Concat(Request is null ? [] : [400, 404, 413, 415])
        .Concat(StreamEvent is null ? [] : [429, 503, 504])
        .Concat(Path.Contains('{', StringComparison.Ordinal) ? [404] : [])
        .Append(500)
        .Distinct()
        .Order();
}
