using System.Collections.Immutable;
using System.Globalization;
using Inference.Engine.Execution;
using Inference.Server.Options;
using Inference.Server.Serving;

namespace Inference.Server.Hosting;

/// <summary>What a person sees once the server serves.</summary>
internal static class ReadyMessage
{
    /// <summary>Writes the address, what is served there, and a command that works when pasted into a shell.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="urls">What is listened on.</param>
    /// <param name="models">At least one.</param>
    /// <param name="options">The server's.</param>
    public static void Write(TextWriter output, ICollection<string> urls, ImmutableArray<ServedModel> models, ServerOptions options)
    {
        var url = Reachable(urls.First());
        var authorization = options.ApiKeys.IsEmpty ? "" : " -H 'Authorization: Bearer '$INFERENCE_API_KEY";
        var model = models[0];
        var (path, prompt) = model.ChatTemplate is null
            ? ("completions", "\"prompt\": \"Once upon a time\"")
            : ("chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"Explain in two sentences what a hash table is.\"}]");
        output.WriteLine($"Serving {string.Join(", ", models.SelectMany(served => served.Names))} on {url}");
        foreach (var served in models)
        {
            output.WriteLine((models.Length == 1 ? "" : served.Names[0] + ": ") + CacheSize(served.Limits));
        }

        output.WriteLine("Try:");
        output.WriteLine(
            $"curl -N {url}/v1/{path}{authorization} -H 'Content-Type: application/json' "
            + $"-d '{{\"model\": \"{model.Names[0]}\", {prompt}, \"max_tokens\": 64, \"temperature\": 0, \"stream\": true}}'");
        output.Flush();
    }

    /// <summary>What the KV cache holds, in tokens and in requests of the greatest length.</summary>
    public static string CacheSize(ModelLimits limits)
    {
        var tokens = (long)limits.BlockCount * limits.BlockSize;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"KV cache: {tokens:N0} tokens, {(double)tokens / limits.MaxModelLength:0.##} requests of {limits.MaxModelLength:N0} at once");
    }

    // An address to listen on everywhere is none to connect to.
    private static string Reachable(string url) => url
        .Replace("//[::]:", "//localhost:", StringComparison.Ordinal)
        .Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal);
}
