using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Inference.Grammar.Tests.Json;
using Inference.Testing;

namespace Inference.FunctionalTests.Soak;

/// <summary>Schemas at random, and a real model sampled so hot that it would rather write anything else: what it finishes is valid.</summary>
public sealed partial class RandomSchemaAnswerTests
{
    private const int InFlight = 32;
    private const int AnswersPerSchema = 2;

    [Fact]
    public async Task Answers_OfTheRealModel_AreValid()
    {
        var (count, seed) = (SoakServer.Count(20, 1000), Environment.TickCount & 0xFFFFFFF);
        using var server = ServerExecutable.Start(["--port", "0", "--cache-dir", RepositoryFiles.ConversionCache, "--kv-cache-memory", "256MiB"]);
        using var client = new HttpClient { BaseAddress = await server.ReadyAsync(), Timeout = TimeSpan.FromMinutes(10) };
        int next = 0, accepted = 0, finished = 0, cut = 0, skipped = 0;

        await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => Task.Run(WorkAsync, TestContext.Current.CancellationToken)));

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"seed {seed}: {accepted} schemas of {next} tried, {finished} answers finished and valid, {cut} cut at the limit, {skipped} with numbers of too many digits to check");
        Assert.True(finished > count / 2, $"only {finished} answers finished");
        Assert.Empty(server.Errors);

        async Task WorkAsync()
        {
            while (Volatile.Read(ref accepted) < count)
            {
                var own = seed + Interlocked.Increment(ref next);
                var schema = new RandomSchema(new Random(own)).Create();
                if (await AskAsync(client, schema, own) is not { } answer)
                {
                    continue;
                }

                Interlocked.Increment(ref accepted);
                foreach (var choice in answer.GetProperty("choices").EnumerateArray())
                {
                    var text = choice.GetProperty("message").GetProperty("content").GetString()!;
                    if (choice.GetProperty("finish_reason").GetString() != "stop")
                    {
                        Interlocked.Increment(ref cut);
                    }
                    else if (ManyDigits().IsMatch(text))
                    {
                        Interlocked.Increment(ref skipped);
                    }
                    else
                    {
                        Assert.True(IsValid(schema, text), $"seed {own}\nschema {schema.ToJsonString()}\nanswer {text}");
                        Interlocked.Increment(ref finished);
                    }
                }
            }
        }
    }

    /// <summary>Null when the server refuses the schema: nothing satisfies it, or a keyword is asked for more than is supported.</summary>
    private static async Task<JsonElement?> AskAsync(HttpClient client, JsonObject schema, int seed)
    {
        var body = new JsonObject
        {
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Answer in JSON." }),
            ["temperature"] = 1.5,
            ["n"] = AnswersPerSchema,
            ["seed"] = seed,
            ["max_tokens"] = 96,
            ["response_format"] = new JsonObject { ["type"] = "json_schema", ["json_schema"] = new JsonObject { ["name"] = "x", ["schema"] = schema.DeepClone() } },
        };
        using var content = new StringContent(body.ToJsonString());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var response = await client.PostAsync("/v1/chat/completions", content, TestContext.Current.CancellationToken);
        var answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (response.StatusCode == HttpStatusCode.BadRequest)
        {
            Assert.Matches("allows no answer|not supported|only supported|refers to itself|too large|too complex", answer);
            return null;
        }

        Assert.True(response.StatusCode == HttpStatusCode.OK, $"seed {seed}\nschema {schema.ToJsonString()}\n{answer}");
        return JsonElement.Parse(answer);
    }

    private static bool IsValid(JsonObject schema, string text)
    {
        try
        {
            return new SchemaValidator(schema).IsValid(SchemaValidator.Read(text));
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // The validator reads numbers as decimals.
    [GeneratedRegex(@"\d{18}|\d[eE][+-]?\d{2}|\.\d{12}")]
    private static partial Regex ManyDigits();
}
