namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>Operators on two evaluated operands.</summary>
internal enum BinaryOperator
{
    Add,
    Subtract,
    Concatenate,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
}
