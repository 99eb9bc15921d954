using Inference.Tokenization.Patterns;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a pattern field: {"String": literal} or {"Regex": pattern}.</summary>
internal static class PatternReader
{
    public static Pattern Read(JsonField field) =>
        field.Optional("String") is { } literal ? Pattern.Literal(literal.Text()) : Parse(field["Regex"]);

    public static TextReplacer ReadReplacer(JsonField field)
    {
        string replacement = field["content"].Text();
        JsonField pattern = field["pattern"];
        return pattern.Optional("String") is { } literal
            ? TextReplacer.ForLiteral(literal.Text(), replacement)
            : TextReplacer.ForPattern(Parse(pattern["Regex"]), replacement);
    }

    private static Pattern Parse(JsonField regex)
    {
        try
        {
            return Pattern.Parse(regex.Text());
        }
        catch (PatternException e)
        {
            throw regex.Error(e.Message, e);
        }
    }
}
