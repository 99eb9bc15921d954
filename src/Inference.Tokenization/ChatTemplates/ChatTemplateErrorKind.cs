namespace Inference.Tokenization.ChatTemplates;

/// <summary>What went wrong, and so whose fault it is.</summary>
public enum ChatTemplateErrorKind
{
    /// <summary>The template does not parse, or uses a feature that is not supported.</summary>
    Syntax,

    /// <summary>An operation of the template failed on this input, such as adding a string to None.</summary>
    Runtime,

    /// <summary>A limit on steps, output, nesting or sizes was met.</summary>
    Limit,

    /// <summary>The input is not what a template can be given, such as <c>messages</c> that is no array.</summary>
    Input,

    /// <summary>The template called <c>raise_exception</c>: the message is the template author's, meant for the client.</summary>
    Raised,
}
