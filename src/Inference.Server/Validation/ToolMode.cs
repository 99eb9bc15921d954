namespace Inference.Server.Validation;

/// <summary>Whether an answer calls tools: the field tool_choice.</summary>
internal enum ToolMode
{
    /// <summary>There are no tools, or none may be called.</summary>
    None,

    /// <summary>The model decides.</summary>
    Auto,

    /// <summary>At least one must be called.</summary>
    Required,

    /// <summary>A certain one must be called.</summary>
    Named,
}
