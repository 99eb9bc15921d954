namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Searching strings by code units, charged for the worst that a search can cost.</summary>
internal static class TextSearch
{
    // Comparing a candidate is vectorised, so only every so many characters of the searched-for text cost as much as a position tried.
    private const int VectorLength = 64;

    public static int IndexOf(RenderContext context, string text, string part, int start)
    {
        Charge(context, text, part);
        return text.IndexOf(part, start, StringComparison.Ordinal);
    }

    public static int LastIndexOf(RenderContext context, string text, string part)
    {
        Charge(context, text, part);
        return text.LastIndexOf(part, StringComparison.Ordinal);
    }

    /// <summary>Takes a search for every occurrence from the budget.</summary>
    public static void Charge(RenderContext context, string text, string part)
    {
        context.ChargeText(text.Length);
        context.Charge((long)text.Length / context.Limits.CharactersPerStep * (part.Length / VectorLength));
    }
}
