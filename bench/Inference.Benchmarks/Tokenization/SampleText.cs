using System.Text;
using System.Text.Json;
using Inference.Testing;
using Inference.Tokenization;

namespace Inference.Benchmarks.Tokenization;

/// <summary>Texts to tokenize.</summary>
internal static class SampleText
{
    public static Tokenizer LoadTokenizer() => Tokenizer.Load(Path.Combine(RepositoryFiles.SmolLm2, "tokenizer.json"));

    /// <summary>A text of <paramref name="byteCount"/> bytes in UTF-8.</summary>
    public static string Create(TextKind kind, Tokenizer tokenizer, int byteCount) => kind switch
    {
        TextKind.English => English(tokenizer, byteCount),
        TextKind.OneLetter => new string('a', byteCount),
        TextKind.RandomLetters => Random(byteCount, 'a', 26),
        TextKind.Spaces => new string(' ', byteCount),
        TextKind.Emoji => Random(byteCount / 4, 0x1F600, 80),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>The prose of the perplexity golden, again and again; its few characters beyond ASCII are left out.</summary>
    private static string English(Tokenizer tokenizer, int byteCount)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryFiles.Golden, "smollm2-135m-instruct.json")));
        var ids = golden.RootElement.GetProperty("perplexity").GetProperty("text_ids").Deserialize<int[]>();
        var prose = string.Concat(tokenizer.Decode(ids).Where(char.IsAscii));
        var text = new StringBuilder(byteCount + prose.Length);
        while (text.Length < byteCount)
            text.Append(prose);
        return text.ToString(0, byteCount);
    }

    private static string Random(int characterCount, int first, int count)
    {
        var random = new Random(1);
        var text = new StringBuilder();
        for (var i = 0; i < characterCount; i++)
            text.Append(char.ConvertFromUtf32(first + random.Next(count)));
        return text.ToString();
    }
}
