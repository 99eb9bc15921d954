using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>A parsed statement: immutable, executed through <see cref="RenderContext.Execute"/>, which keeps the budget.</summary>
internal abstract class Statement
{
    /// <summary>Line for error messages, from 1; 0 for statements that cannot fail themselves.</summary>
    public int Line { get; init; }

    public abstract Flow Execute(RenderContext context);
}
