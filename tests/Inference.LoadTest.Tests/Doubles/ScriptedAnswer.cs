using System.Net;
using System.Text;

namespace Inference.LoadTest.Tests.Doubles;

/// <summary>What the <see cref="KnownAnswerServer"/> does with one request.</summary>
internal sealed record ScriptedAnswer
{
    public HttpStatusCode Status { get; init; } = HttpStatusCode.OK;

    public string ContentType { get; init; } = "text/event-stream";

    /// <summary>Before the headers.</summary>
    public TimeSpan Headers { get; init; }

    public IReadOnlyList<(TimeSpan Delay, string Text)> Pieces { get; init; } = [];

    /// <summary>The connection breaks in place of the end.</summary>
    public bool Breaks { get; init; }

    /// <summary>No connection is made.</summary>
    public string? Refuse { get; init; }

    /// <summary>A completion, streamed: the first event after one time, each further one after another, so many tokens in each.</summary>
    public static ScriptedAnswer Stream(double ttftMs, double itlMs, int tokens, int perEvent = 1, int? reported = null, int promptTokens = 32)
    {
        var pieces = new List<(TimeSpan, string)>();
        for (var sent = 0; sent < tokens; sent += perEvent)
        {
            var text = string.Concat(Enumerable.Repeat(" a", Math.Min(perEvent, tokens - sent)));
            pieces.Add((TimeSpan.FromMilliseconds(sent == 0 ? ttftMs : itlMs * perEvent), $$"""data: {"choices":[{"text":"{{text}}","finish_reason":null}]}""" + "\n\n"));
        }

        var end = new StringBuilder("""data: {"choices":[{"text":"","finish_reason":"length"}]}""").Append("\n\n");
        end.Append($$$"""data: {"choices":[],"usage":{"prompt_tokens":{{{promptTokens}}},"completion_tokens":{{{reported ?? tokens}}}}}""");
        pieces.Add((TimeSpan.Zero, end.Append("\n\ndata: [DONE]\n\n").ToString()));
        return new ScriptedAnswer { Pieces = pieces };
    }

    public static ScriptedAnswer Json(string body, HttpStatusCode status = HttpStatusCode.OK, double ms = 0) => new()
    {
        Status = status, ContentType = "application/json", Headers = TimeSpan.FromMilliseconds(ms), Pieces = [(TimeSpan.Zero, body)],
    };
}
