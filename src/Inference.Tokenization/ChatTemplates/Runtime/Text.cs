using System.Text;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>Python's <c>str()</c>.</summary>
internal static class Text
{
    public static string Of(RenderContext context, object? value)
    {
        switch (value)
        {
            case string text:
                return text;
            case Undefined:
                return "";
            default:
                var builder = new StringBuilder();
                Repr.Append(context, builder, value);
                return builder.ToString();
        }
    }
}
