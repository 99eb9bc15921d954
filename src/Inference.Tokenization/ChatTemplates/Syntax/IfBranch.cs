namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>An <c>if</c> or <c>elif</c> with its body.</summary>
internal readonly record struct IfBranch(Expression Test, IReadOnlyList<Statement> Body, int Line);
