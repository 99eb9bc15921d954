using System.Text;

namespace Inference.Models.Checkpoints;

/// <summary>Text from a file as it may stand in a message: one line, no control characters, not long.</summary>
internal static class OneLine
{
    private const int MaxLength = 120;

    /// <summary>Replaces control characters and cuts what is too long.</summary>
    public static string Shorten(string text)
    {
        var shown = text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength), "...");
        if (!shown.Any(char.IsControl))
        {
            return shown;
        }

        var builder = new StringBuilder(shown);
        for (var i = 0; i < builder.Length; i++)
        {
            builder[i] = char.IsControl(builder[i]) ? '?' : builder[i];
        }

        return builder.ToString();
    }
}
