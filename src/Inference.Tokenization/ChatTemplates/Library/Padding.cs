using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Filling text up to a width in code points.</summary>
internal static class Padding
{
    public static string Left(RenderContext context, string text, long width, string fill) =>
        Pad(context, text, width, fill, missing => missing);

    public static string Right(RenderContext context, string text, long width, string fill) =>
        Pad(context, text, width, fill, _ => 0);

    /// <summary>As <c>str.center</c>: the odd blank goes left when the width is odd.</summary>
    public static string Center(RenderContext context, string text, long width, string fill) =>
        Pad(context, text, width, fill, missing => (missing / 2) + (missing & width & 1));

    /// <param name="context">The render.</param>
    /// <param name="text">What to fill up.</param>
    /// <param name="width">In code points.</param>
    /// <param name="fill">One code point.</param>
    /// <param name="before">How many of the missing go before the text.</param>
    public static string Pad(RenderContext context, string text, long width, string fill, Func<long, long> before)
    {
        var missing = width - CodePoints.Count(context, text);
        if (missing <= 0)
        {
            return text;
        }

        context.ChargeText(width);
        var left = before(missing);
        return Arithmetic.Repeat(context, fill, left) + text + Arithmetic.Repeat(context, fill, missing - left);
    }
}
