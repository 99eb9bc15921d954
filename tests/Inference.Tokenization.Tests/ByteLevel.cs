namespace Inference.Tokenization.Tests;

/// <summary>Byte-level tokenizers whose only tokens are the 256 bytes.</summary>
internal static class ByteLevel
{
    public const string PreTokenizer = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""";

    public const string Decoder = """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""";

    public static string[] Alphabet { get; } = [.. Enumerable.Range(0, 0x180).Select(c => (char)c)
        .Where(c => ByteAlphabet.ByteOf(c) >= 0).OrderBy(c => ByteAlphabet.ByteOf(c)).Select(c => c.ToString())];

    public static Tokenizer Tokenizer(string normalizer = "null", string preTokenizer = PreTokenizer, string added = "[]") =>
        TinyTokenizer.Load(TinyTokenizer.Json(
            Alphabet, added: added, normalizer: normalizer, preTokenizer: preTokenizer, decoder: Decoder));
}
