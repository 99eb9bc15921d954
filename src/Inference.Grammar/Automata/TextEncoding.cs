namespace Inference.Grammar.Automata;

/// <summary>How characters become bytes.</summary>
internal enum TextEncoding
{
    /// <summary>UTF-8.</summary>
    Plain,

    /// <summary>As between the quotes of a JSON string: UTF-8 where that is allowed, otherwise the shortest escape.</summary>
    JsonString,
}
