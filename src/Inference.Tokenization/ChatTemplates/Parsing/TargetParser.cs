using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>Parses what may be assigned to: a name, a namespace's attribute, or a tuple of these.</summary>
internal sealed class TargetParser(TokenReader reader)
{
    public AssignmentTarget Parse(bool allowNamespace)
    {
        var first = ParseOne(allowNamespace);
        if (!reader.Current.IsOperator(","))
        {
            return first;
        }

        var items = new List<AssignmentTarget> { first };
        while (reader.SkipOperator(",") && StartsTarget(reader.Current))
        {
            items.Add(ParseOne(allowNamespace));
        }

        return new TupleTarget(items);
    }

    public AssignmentTarget ParseOne(bool allowNamespace)
    {
        if (reader.SkipOperator("("))
        {
            reader.Enter();
            var inner = Parse(allowNamespace);
            reader.Leave();
            reader.ExpectOperator(")");
            return inner;
        }

        var name = reader.Expect(TokenKind.Name);
        if (name.Text is "true" or "True" or "false" or "False" or "none" or "None")
        {
            throw TemplateFault.Syntax(name.Line, $"cannot assign to '{name.Text}'");
        }

        if (!allowNamespace || !reader.SkipOperator("."))
        {
            return new NameTarget(name.Text);
        }

        return new NamespaceTarget(name.Text, reader.Expect(TokenKind.Name).Text);
    }

    private static bool StartsTarget(Token token) => token.IsOperator("(") || (token.Kind == TokenKind.Name && token.Text != "in");
}
