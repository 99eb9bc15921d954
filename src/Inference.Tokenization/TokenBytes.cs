using System.Text;
using Inference.Tokenization.Decoding;

namespace Inference.Tokenization;

/// <summary>The bytes that single tokens add to a text, which need not be whole characters.</summary>
internal static class TokenBytes
{
    /// <summary>Decoders may strip or change what the first token begins with: this one comes before.</summary>
    private const string Anchor = "x";

    /// <param name="token">A token of the vocabulary, as the file spells it.</param>
    /// <param name="decoder">The tokenizer's.</param>
    public static byte[] Of(string token, TokenDecoder decoder)
    {
        if (decoder.IsByteLevel)
            return Spelled(token) ?? Encoding.UTF8.GetBytes(token);
        if (decoder.HasByteFallback && ByteFallbackStage.TryReadByte(token, out byte value))
            return [value];

        var text = new StringBuilder();
        DecoderStage stages = decoder.Start(text);
        stages.Push(Anchor);
        stages.Push(token);
        stages.Finish();
        string all = text.ToString();
        return Encoding.UTF8.GetBytes(all.StartsWith(Anchor, StringComparison.Ordinal) ? all[Anchor.Length..] : all);
    }

    /// <summary>What a token of the <see cref="ByteAlphabet"/> stands for; null if it has any other character.</summary>
    private static byte[]? Spelled(string token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            int value = ByteAlphabet.ByteOf(token[i]);
            if (value < 0)
                return null;
            bytes[i] = (byte)value;
        }
        return bytes;
    }
}
