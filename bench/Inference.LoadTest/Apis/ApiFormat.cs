using System.Text.Json;
using Inference.LoadTest.Data;

namespace Inference.LoadTest.Apis;

/// <summary>One API: how a request is written, and what its answer's events mean.</summary>
internal abstract class ApiFormat
{
    /// <summary>The address, unless another is given.</summary>
    public abstract string DefaultPath(bool stream);

    /// <summary>Whether a prompt may be token ids; if not, it is text of as many words.</summary>
    public virtual bool TakesTokenIds => false;

    /// <summary>Whether a request has a body; one without is a GET.</summary>
    public virtual bool HasBody => true;

    /// <summary>Writes the properties of the body.</summary>
    public abstract void Write(Utf8JsonWriter body, RequestSpec request, GenerationOptions options);

    /// <summary>Takes an event of a stream, or a whole answer, into account.</summary>
    /// <returns>Whether it has output: at least one token.</returns>
    /// <exception cref="InvalidOperationException">A property is of another type than the API's.</exception>
    public abstract bool Read(JsonElement root, Answer answer);

    /// <summary>The API of a name.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static ApiFormat Of(string name) => name switch
    {
        "completions" => new CompletionsFormat(),
        "chat" => new ChatFormat(),
        "responses" => new ResponsesFormat(),
        "lmi" => new GenerateFormat((_) => "/invocations"),
        "tgi" => new GenerateFormat(stream => stream ? "/generate_stream" : "/generate"),
        "get" => new GetFormat(),
        _ => throw new FormatException($"--api {name}: it is one of {string.Join(", ", Names)}."),
    };

    public static readonly IReadOnlyList<string> Names = ["completions", "chat", "responses", "lmi", "tgi", "get"];
}
