using System.Text.Json;
using System.Text.Json.Serialization;
using BenchmarkDotNet.Environments;

namespace Inference.Benchmarks.Serving;

/// <summary>A conversation's second turn on the real server: its time to first token with the prefix cache and without, in turn.</summary>
internal static class ChatReport
{
    private const int WarmUps = 1;
    private const int Rounds = 9;
    private static readonly int[] Sentences = [4, 16, 64, 128];

    public static async Task PrintAsync(TextWriter output)
    {
        await output.WriteLineAsync(string.Join('\n', HostEnvironmentInfo.GetCurrent().ToFormattedString()));
        await using var with = await BenchmarkServer.StartAsync(output);
        await using var without = await BenchmarkServer.StartAsync(output, options => options with { EnablePrefixCaching = false });
        await output.WriteLineAsync(
            "\n| tokens of the second turn's prompt | cached | TTFT of the first turn, ms | of the second with the cache | without | ratio |\n|--:|--:|--:|--:|--:|--:|");
        foreach (var sentences in Sentences)
        {
            var (cached, computed) = (new List<Turns>(), new List<Turns>());
            for (var round = -WarmUps; round < Rounds; round++)
            {
                var first = await ConverseAsync(with, sentences, round);
                var second = await ConverseAsync(without, sentences, round);
                if (round < 0)
                    continue;
                cached.Add(first);
                computed.Add(second);
            }

            var (fast, slow) = (Median(cached, turns => turns.Second), Median(computed, turns => turns.Second));
            await output.WriteLineAsync(
                $"| {cached[^1].PromptTokens} | {cached[^1].CachedTokens} | {Median(cached, turns => turns.First):0.0} | {fast:0.0} | {slow:0.0} | {slow / fast:0.0} |");
        }
    }

    /// <summary>Two turns of a conversation that no other begins like.</summary>
    private static async Task<Turns> ConverseAsync(BenchmarkServer server, int sentences, int round)
    {
        using var client = new StreamClient(server.Address);
        var story = string.Join(' ', Enumerable.Range(0, sentences).Select(i => $"In chapter {i + 1} the traveller crosses river number {i * 7 + round} by boat."));
        var question = new Message("user", $"Story {round} of {sentences}: {story} What does the traveller cross?");
        var first = await client.AskAsync("/v1/chat/completions", Body([question]));
        var second = await client.AskAsync("/v1/chat/completions", Body([question, new Message("assistant", first.Text), new Message("user", "And how?")]));
        return new Turns(first.FirstTokenMilliseconds, second.FirstTokenMilliseconds, second.PromptTokens, second.CachedTokens);
    }

    private static string Body(Message[] messages) => JsonSerializer.Serialize(new
    {
        messages,
        max_tokens = 24,
        temperature = 0,
        stream = true,
        stream_options = new { include_usage = true },
    });

    private static double Median(List<Turns> turns, Func<Turns, double> value) => turns.Select(value).Order().ElementAt(turns.Count / 2);

    private sealed record Message(
        [property: JsonPropertyName("role")] string Role, [property: JsonPropertyName("content")] string Content);

    private sealed record Turns(double First, double Second, int PromptTokens, int CachedTokens);
}
