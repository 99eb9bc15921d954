using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Inference.Benchmarks.Serving;

/// <summary>What came of a streamed request, and when.</summary>
/// <param name="start">The timestamp at which it was sent.</param>
internal sealed class StreamedAnswer(long start)
{
    private readonly StringBuilder _text = new();
    private readonly List<long> _times = [];

    public string Text => _text.ToString();

    /// <summary>Timestamps of the events that had a token.</summary>
    public IReadOnlyList<long> Times => _times;

    public double FirstTokenMilliseconds => Stopwatch.GetElapsedTime(start, _times[0]).TotalMilliseconds;

    public double TotalMilliseconds => Stopwatch.GetElapsedTime(start, _times[^1]).TotalMilliseconds;

    public int CachedTokens { get; private set; }

    public int PromptTokens { get; private set; }

    /// <summary>Milliseconds from each event to the next, of those that any of the time between two timestamps is in.</summary>
    public IEnumerable<double> GapsBetween(long from, long to) => _times.Zip(_times.Skip(1))
        .Where(pair => pair.Second > from && pair.First < to)
        .Select(pair => Stopwatch.GetElapsedTime(pair.First, pair.Second).TotalMilliseconds);

    /// <returns>Whether the event has a token.</returns>
    public bool Add(JsonElement data)
    {
        if (data.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object)
        {
            PromptTokens = usage.GetProperty("prompt_tokens").GetInt32();
            CachedTokens = usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32();
        }

        if (data.GetProperty("choices") is not { ValueKind: JsonValueKind.Array } choices || choices.GetArrayLength() == 0)
            return false;

        _times.Add(Stopwatch.GetTimestamp());
        _text.Append(TextOf(choices[0]));
        return true;
    }

    private static string? TextOf(JsonElement choice)
    {
        if (choice.TryGetProperty("text", out var text))
            return text.GetString();
        return choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : null;
    }
}
