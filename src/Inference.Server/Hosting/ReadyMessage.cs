using System.Globalization;
using Inference.Engine.Execution;
using Inference.Server.Options;
using Inference.Server.Serving;

namespace Inference.Server.Hosting;

/// <summary>What a person sees once the server serves.</summary>
internal static class ReadyMessage
{
    /// <summary>Writes the address, and a command that works when pasted into a shell.</summary>
    public static void Write(TextWriter output, ICollection<string> urls, ServedModel model, ServerOptions options)
    {
        var url = Reachable(urls.First());
        var authorization = options.ApiKeys.IsEmpty ? "" : " -H 'Authorization: Bearer '$INFERENCE_API_KEY";
        var (path, prompt) = model.ChatTemplate is null
            ? ("completions", "\"prompt\": \"Once upon a time\"")
            : ("chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"Explain in two sentences what a hash table is.\"}]");
        output.WriteLine($"Serving {string.Join(", ", model.Names)} on {url}");
        output.WriteLine(CacheSize(model.Limits));
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
