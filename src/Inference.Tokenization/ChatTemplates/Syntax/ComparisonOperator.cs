namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>Comparisons, which chain.</summary>
internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}
