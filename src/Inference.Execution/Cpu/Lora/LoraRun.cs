namespace Inference.Execution.Cpu.Lora;

/// <summary>Neighbouring rows of a step.</summary>
/// <param name="FirstRow">Among the step's tokens.</param>
/// <param name="Count">At least 1.</param>
internal readonly record struct LoraRun(int FirstRow, int Count);
