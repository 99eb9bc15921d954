using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Inference.Engine;
using Inference.Execution;
using Inference.Models;
using Inference.Server.Options;
using Inference.Testing;
using Inference.Tokenization;

namespace Inference.FunctionalTests;

/// <summary>README.md says what is so.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "README.md"));

    [Fact]
    public void Options_AreThoseOfTheTable()
    {
        var rows = OptionRow().Matches(Readme).Select(match => match.Value).ToArray();

        var expected = OptionTable.All.Select(option =>
        {
            var parts = option.Description.Split(" Default: ");
            return $"| `--{option.Name} {option.ValueName}` | {(parts.Length > 1 ? parts[1].TrimEnd('.') : "")} | {parts[0]} |";
        });
        Assert.Equal(expected, rows);
    }

    [Fact]
    public void Trace_NamesOnlyWhatExists()
    {
        var types = new[] { typeof(InferenceEngine), typeof(OnnxModelExecutor), typeof(DecoderSpec), typeof(Tokenizer), typeof(ServerOptions) }
            .SelectMany(type => type.Assembly.GetTypes())
            .ToLookup(type => type.Name);

        var names = CodeName().Matches(Section("The way of one request")).Select(match => match.Groups[1].Value).ToArray();

        Assert.True(names.Length > 20, $"only {names.Length} names");
        Assert.All(names, name => Assert.True(Exists(name.Split('.'), types), $"README.md names {name}, which does not exist"));
    }

    [Fact]
    public async Task Trace_OfOneRequest_IsAsDescribed()
    {
        await using var server = await RunningServer.StartAsync();
        var events = await server.StreamAsync(
            "/v1/chat/completions",
            """{"model": "alphabet", "messages": [{"role": "user", "content": "abc"}], "max_tokens": 5, "temperature": 0, "stream": true}""");

        // 2: the plan holds the rendered and tokenised prompt. 5, 6: one prompt step, then a step a token, each after what the one before cached.
        var prompt = Alphabet.Tokenizer.Encode("user: abc\nassistant: ");
        var plans = server.Executor.Plans;
        Assert.Equal(prompt, plans[0].TokenIds.ToArray());
        Assert.Equal(Enumerable.Range(0, plans.Count).Select(i => (long)i), plans.Select(plan => plan.StepIndex));
        Assert.All(plans.Skip(1), plan => Assert.Equal(1, plan.TokenIds.Length));
        Assert.Equal(
            Enumerable.Range(0, plans.Count).Select(i => i == 0 ? 0 : prompt.Length + i - 1),
            plans.Select(plan => plan.Sequences.Span[0].PastLength));

        // 7, 8: what was chosen in a step is computed in the next. 9, 10: it reaches the client as text, in order, and ends once.
        var tokens = server.Executor.Continue(prompt, plans.Count);
        Assert.Equal(tokens[..^1], plans.Skip(1).Select(plan => plan.TokenIds.Span[0]));
        var text = string.Concat(events.Select(e => e.GetProperty("choices")[0].GetProperty("delta")).Select(TextOf));
        Assert.Equal(Alphabet.Tokenizer.Decode(tokens), text);
        Assert.Single(events, e => e.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind == JsonValueKind.String);
        await server.IdleAsync();
    }

    private static string TextOf(JsonElement delta) => delta.TryGetProperty("content", out var content) ? content.GetString() ?? "" : "";

    private static bool Exists(string[] path, ILookup<string, Type> types) => path.Length == 1
        ? types.Contains(path[0])
        : types[path[0]].Any(type => type.GetMember(
            path[1], BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy).Length > 0);

    private static string Section(string title)
    {
        var start = Readme.IndexOf($"## {title}\n", StringComparison.Ordinal);
        return Readme[start..Readme.IndexOf("\n## ", start, StringComparison.Ordinal)];
    }

    [GeneratedRegex("^\\| `--.*\\|$", RegexOptions.Multiline)]
    private static partial Regex OptionRow();

    [GeneratedRegex("`([A-Z][A-Za-z.]+)`")]
    private static partial Regex CodeName();
}
