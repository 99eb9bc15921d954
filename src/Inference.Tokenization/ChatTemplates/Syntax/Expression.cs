using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>A parsed expression: immutable, evaluated through <see cref="RenderContext.Evaluate"/>, which keeps the budget.</summary>
internal abstract class Expression
{
    public abstract object? Evaluate(RenderContext context);
}
