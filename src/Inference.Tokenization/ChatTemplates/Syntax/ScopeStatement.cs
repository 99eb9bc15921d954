using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary><c>{% generation %} … {% endgeneration %}</c>: renders its body; what it sets stays inside.</summary>
internal sealed class ScopeStatement(IReadOnlyList<Statement> body) : Statement
{
    public override Flow Execute(RenderContext context) => context.ExecuteScoped(body);
}
