namespace Inference.Tokenization.ChatTemplates.Syntax;

/// <summary>A macro's or call block's signature and body.</summary>
internal sealed class MacroDefinition(string name, IReadOnlyList<MacroParameter> parameters, IReadOnlyList<Statement> body)
{
    public string Name { get; } = name;

    public IReadOnlyList<MacroParameter> Parameters { get; } = parameters;

    public IReadOnlyList<Statement> Body { get; } = body;

    /// <summary>Whether the body reads <c>caller</c>; only then may a call block call the macro.</summary>
    public bool AcceptsCaller { get; init; }

    /// <summary>Whether the body reads <c>varargs</c>; only then may there be more positional arguments.</summary>
    public bool AcceptsVarArgs { get; init; }

    /// <summary>Whether the body reads <c>kwargs</c>; only then may there be unknown keyword arguments.</summary>
    public bool AcceptsKeywordArgs { get; init; }
}
