using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace Inference.Tokenization.Decoding;

/// <summary>
/// Joins runs of byte tokens (&lt;0x41&gt;). A run is text only when all of it is valid UTF-8, and one U+FFFD per byte otherwise, so it is
/// held back until a token of another kind ends it.
/// </summary>
internal sealed class ByteFallbackStage : DecoderStage
{
    private readonly List<byte> _run = [];

    public override void Push(string token)
    {
        if (TryReadByte(token, out byte value))
        {
            _run.Add(value);
            return;
        }
        EndStream();
        Emit(token);
    }

    /// <summary>The byte that a token such as &lt;0x41&gt; stands for.</summary>
    public static bool TryReadByte(string token, out byte value)
    {
        value = 0;
        return token.Length == 6 && token.StartsWith("<0x", StringComparison.Ordinal) && token[5] == '>'
            && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }

    protected override void EndStream()
    {
        if (_run.Count == 0)
            return;
        byte[] bytes = [.. _run];
        _run.Clear();
        if (Utf8.IsValid(bytes))
        {
            Emit(Encoding.UTF8.GetString(bytes));
            return;
        }
        for (int i = 0; i < bytes.Length; i++)
            Emit("\uFFFD");
    }
}
