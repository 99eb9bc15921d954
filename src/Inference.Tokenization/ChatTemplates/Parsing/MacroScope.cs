namespace Inference.Tokenization.ChatTemplates.Parsing;

/// <summary>Notes which of a macro's implicit variables its body mentions, since Jinja2 accepts extra arguments only then.</summary>
internal sealed class MacroScope
{
    public bool UsesCaller { get; private set; }

    public bool UsesVarArgs { get; private set; }

    public bool UsesKeywordArgs { get; private set; }

    public void Mention(string name)
    {
        UsesCaller |= name == "caller";
        UsesVarArgs |= name == "varargs";
        UsesKeywordArgs |= name == "kwargs";
    }
}
