namespace Inference.Server.Parsing;

/// <summary>What a piece of the model's output belongs to.</summary>
internal enum MessagePartKind
{
    /// <summary>The message's text.</summary>
    Content,

    /// <summary>What the model thought before it answered.</summary>
    Reasoning,

    /// <summary>A tool call begins; the piece's text is the tool's name.</summary>
    Call,

    /// <summary>A tool call's arguments.</summary>
    Arguments,
}
