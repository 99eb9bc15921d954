namespace Inference.Protocol.OpenAi.Batches;

/// <summary>What is wrong with a batch's input, or with one of its lines.</summary>
/// <param name="Code">A name for programs.</param>
/// <param name="Message">One line for a person.</param>
/// <param name="Param">The field at fault, or null.</param>
/// <param name="Line">The line at fault, from 1 on, or null.</param>
public sealed record BatchError(string Code, string Message, string? Param, int? Line);
