namespace Inference.Server.Parsing;

/// <summary>A piece that a message has gained.</summary>
/// <param name="Kind">What it belongs to.</param>
/// <param name="Text">The text to append, or the name of a tool.</param>
/// <param name="CallIndex">Which of the message's tool calls it belongs to.</param>
internal readonly record struct MessagePart(MessagePartKind Kind, string Text, int CallIndex);
