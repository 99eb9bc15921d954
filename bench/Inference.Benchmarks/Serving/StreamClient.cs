using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Inference.Benchmarks.Serving;

/// <summary>Sends a request that is streamed, and takes the time of each event that has a token.</summary>
internal sealed class StreamClient(Uri server) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };

    /// <param name="path">Such as /v1/completions.</param>
    /// <param name="body">JSON that asks for a stream, with usage.</param>
    /// <param name="onToken">Called at each event with a token.</param>
    public async Task<StreamedAnswer> AskAsync(string path, string body, Action? onToken = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var start = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var answer = new StreamedAnswer(start);
        while (await reader.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
                continue;
            if (answer.Add(JsonElement.Parse(line.AsSpan(6))))
                onToken?.Invoke();
        }

        return answer;
    }

    public void Dispose() => _http.Dispose();
}
