namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>One comparison of a chain, with its right operand.</summary>
internal readonly record struct ComparisonLink(ComparisonOperator Operator, Expression Operand);
