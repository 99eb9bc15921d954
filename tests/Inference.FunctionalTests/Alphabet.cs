using Inference.Engine.Execution;
using Inference.Testing;
using Inference.Tokenization;

namespace Inference.FunctionalTests;

/// <summary>
/// A model that anyone can predict: after a letter comes the next one. "z" and "9" are followed by the end-of-sequence token, "Z" by "A"
/// (endless), "0" by the four bytes of 😀 one at a time and then "9", and anything else by "a".
/// </summary>
internal static class Alphabet
{
    public const int EosTokenId = 2;

    public static Tokenizer Tokenizer { get; } = Tokenizer.Load(Path.Combine(RepositoryFiles.ZooLlama, "tokenizer.json"));

    public static ScriptedExecutor Executor(int maxModelLength = 256, int blockCount = 512)
    {
        var next = Table();
        return new ScriptedExecutor(new ModelLimits(512, maxModelLength, 16, blockCount), history => next[history[^1]]);
    }

    public static int IdOf(char letter) => Tokenizer.Encode(letter.ToString())[0];

    private static int[] Table()
    {
        var next = new int[512];
        for (var id = 0; id < next.Length; id++)
        {
            next[id] = Tokenizer.Decode([id], skipSpecialTokens: false) is { Length: > 0 } text ? AfterLetter(text[^1]) : IdOf('a');
        }

        // Byte-level tokens are spelled with one character per byte.
        int[] emoji = [.. new[] { "ð", "Ł", "ĺ", "Ģ" }.Select(token => Tokenizer.TokenToId(token)!.Value)];
        next[IdOf('0')] = emoji[0];
        for (var i = 0; i < emoji.Length; i++)
        {
            next[emoji[i]] = i + 1 < emoji.Length ? emoji[i + 1] : IdOf('9');
        }

        return next;
    }

    private static int AfterLetter(char letter) => letter switch
    {
        'z' or '9' => EosTokenId,
        'Z' => IdOf('A'),
        >= 'a' and < 'z' or >= 'A' and < 'Z' => IdOf((char)(letter + 1)),
        _ => IdOf('a'),
    };
}
