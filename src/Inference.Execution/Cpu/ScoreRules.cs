namespace Inference.Execution.Cpu;

/// <summary>What a layer's attention makes of query times key.</summary>
/// <param name="Scale">Multiplies it.</param>
/// <param name="Window">How many tokens a token sees, itself included; 0 for all.</param>
/// <param name="Softcap">c in c * tanh(score / c); 0 for no cap.</param>
internal readonly record struct ScoreRules(float Scale, int Window, float Softcap);
