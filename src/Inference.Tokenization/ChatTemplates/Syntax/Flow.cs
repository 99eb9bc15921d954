namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>How a statement ended.</summary>
internal enum Flow
{
    /// <summary>Go on with the next statement.</summary>
    Next,

    /// <summary>Leave the innermost loop.</summary>
    Break,

    /// <summary>Go on with the innermost loop's next item.</summary>
    Continue,
}
