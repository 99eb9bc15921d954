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
    public static void Write(TextWriter output, ICollection<string> urls, LoadedModels models, ServerOptions options)
    {
        var url = Reachable(urls.First());
        var (decoders, embedders) = models;
        var names = decoders.SelectMany(loaded => loaded.Model.Names).Concat(embedders.SelectMany(loaded => loaded.Model.Names)).ToArray();
        output.WriteLine($"Serving {string.Join(", ", names)} on {url}");
        foreach (var (model, _, _) in decoders)
        {
            output.WriteLine(Label(model.Names[0]) + CacheSize(model.Limits));
        }

        foreach (var (model, _, _, _) in embedders)
        {
            output.WriteLine(Label(model.Names[0]) + $"Embeddings: {model.Dimensions} dimensions, texts of {model.MaxLength} tokens at most");
        }

        var authorization = options.ApiKeys.IsEmpty ? "" : " -H 'Authorization: Bearer '$INFERENCE_API_KEY";
        var (path, request) = decoders.IsEmpty ? Embed(embedders[0].Model) : Generate(decoders[0].Model);
        output.WriteLine("Try:");
        output.WriteLine($"curl -N {url}/v1/{path}{authorization} -H 'Content-Type: application/json' -d '{request}'");
        output.Flush();

        string Label(string name) => decoders.Length + embedders.Length == 1 ? "" : name + ": ";
    }

    /// <summary>What the KV cache holds, in tokens and in requests of the greatest length.</summary>
    public static string CacheSize(ModelLimits limits)
    {
        var tokens = (long)limits.BlockCount * limits.BlockSize;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"KV cache: {tokens:N0} tokens, {(double)tokens / limits.MaxModelLength:0.##} requests of {limits.MaxModelLength:N0} at once");
    }

    private static (string Path, string Request) Generate(ServedModel model)
    {
        var (path, prompt) = model.ChatTemplate is null
            ? ("completions", "\"prompt\": \"Once upon a time\"")
            : ("chat/completions", "\"messages\": [{\"role\": \"user\", \"content\": \"Explain in two sentences what a hash table is.\"}]");
        return (path, $"{{\"model\": \"{model.Names[0]}\", {prompt}, \"max_tokens\": 64, \"temperature\": 0, \"stream\": true}}");
    }

    private static (string Path, string Request) Embed(EmbedderModel model) =>
        ("embeddings", $"{{\"model\": \"{model.Names[0]}\", \"input\": \"A hash table finds a value by its key.\"}}");

    // An address to listen on everywhere is none to connect to.
    private static string Reachable(string url) => url
        .Replace("//[::]:", "//localhost:", StringComparison.Ordinal)
        .Replace("//0.0.0.0:", "//localhost:", StringComparison.Ordinal);
}
