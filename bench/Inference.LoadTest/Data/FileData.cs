using System.Collections.Immutable;
using System.IO.Compression;
using System.Text.Json;

namespace Inference.LoadTest.Data;

/// <summary>
/// Conversations of a file (<c>.gz</c> too): JSON lines, or one JSON array, of objects with <c>prompt</c> (text or token ids), <c>messages</c>
/// (the users' are sent one after another), <c>turns</c> (MT-bench) or <c>conversations</c> (ShareGPT), and with <c>output_tokens</c> or
/// <c>max_tokens</c> if they say it.
/// </summary>
internal sealed class FileData : IDataSet
{
    private const long MaxBytes = 1L << 30;

    private readonly ImmutableArray<Conversation> _conversations;

    private FileData(ImmutableArray<Conversation> conversations) => _conversations = conversations;

    public int? Count => _conversations.Length;

    public Conversation Get(int index) => _conversations[index % _conversations.Length];

    /// <param name="path">The file.</param>
    /// <param name="outputTokens">For what does not say it; 0 leaves it to the server.</param>
    /// <exception cref="FormatException">It is not as above; the message names file and entry.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static FileData Read(string path, int outputTokens)
    {
        using var file = File.OpenRead(path);
        if (file.Length > MaxBytes)
            throw new FormatException($"{path}: has more than {MaxBytes} bytes.");
        using var reader = new StreamReader(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file);
        var conversations = ImmutableArray.CreateBuilder<Conversation>();
        try
        {
            foreach (var entry in Entries(reader))
            {
                using (entry)
                    AddTo(conversations, entry.RootElement, outputTokens);
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or InvalidDataException)
        {
            throw new FormatException($"{path}: entry {conversations.Count + 1}: {exception.Message}", exception);
        }

        return conversations.Count > 0 ? new FileData(conversations.ToImmutable()) : throw new FormatException($"{path}: has no entries.");
    }

    private static IEnumerable<JsonDocument> Entries(StreamReader reader)
    {
        if (reader.Peek() == '[')
        {
            yield return JsonDocument.Parse(reader.ReadToEnd());
            yield break;
        }

        while (reader.ReadLine() is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
                yield return JsonDocument.Parse(line);
        }
    }

    private static void AddTo(ImmutableArray<Conversation>.Builder conversations, JsonElement root, int outputTokens)
    {
        if (root.ValueKind != JsonValueKind.Array)
        {
            conversations.Add(Parse(root, outputTokens));
            return;
        }

        foreach (var entry in root.EnumerateArray())
            conversations.Add(Parse(entry, outputTokens));
    }

    private static Conversation Parse(JsonElement entry, int outputTokens)
    {
        if (entry.TryGetProperty("output_tokens", out var length) || entry.TryGetProperty("max_tokens", out length))
            outputTokens = length.GetInt32();
        if (entry.TryGetProperty("prompt", out var prompt))
        {
            return new Conversation(prompt.ValueKind == JsonValueKind.Array
                ? IdTurn([.. prompt.EnumerateArray().Select(id => id.GetInt32())], outputTokens)
                : TextTurn(prompt.GetString()!, outputTokens));
        }

        if (entry.TryGetProperty("turns", out var turns))
            return new Conversation([], NotEmpty(turns.EnumerateArray().Select(turn => TextTurn(turn.GetString()!, outputTokens))));
        if (entry.TryGetProperty("messages", out var messages))
            return Messages(messages, "role", "content", ["user"], outputTokens);
        if (entry.TryGetProperty("conversations", out var conversations))
            return Messages(conversations, "from", "value", ["human", "user"], outputTokens);
        throw new FormatException("has none of prompt, messages, turns, conversations.");
    }

    /// <summary>What assistants said in the file is left out: the server answers itself.</summary>
    private static Conversation Messages(JsonElement messages, string role, string content, string[] users, int outputTokens)
    {
        var all = messages.EnumerateArray().Select(message => (Role: message.GetProperty(role).GetString()!, Text: message.GetProperty(content).GetString()!)).ToArray();
        return new Conversation(
            [.. all.Where(message => message.Role is "system" or "developer").Select(message => new ChatMessage(message.Role, message.Text))],
            NotEmpty(all.Where(message => users.Contains(message.Role)).Select(message => TextTurn(message.Text, outputTokens))));
    }

    private static ImmutableArray<Turn> NotEmpty(IEnumerable<Turn> turns) =>
        turns.ToImmutableArray() is { IsEmpty: false } all ? all : throw new FormatException("has no turn of a user.");

    private static Turn TextTurn(string text, int outputTokens) => new(text, null, 0, outputTokens);

    private static Turn IdTurn(ImmutableArray<int> ids, int outputTokens) => new(null, ids, ids.Length, outputTokens);
}
