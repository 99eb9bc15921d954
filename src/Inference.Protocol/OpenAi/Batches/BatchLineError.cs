namespace Inference.Protocol.OpenAi.Batches;

/// <summary>Why a line of a batch did not run.</summary>
/// <param name="Code">A name for programs.</param>
/// <param name="Message">One line for a person.</param>
public sealed record BatchLineError(string Code, string Message);
