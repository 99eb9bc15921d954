namespace Inference.LoadTest.Apis;

/// <summary>What all requests of a run ask for.</summary>
/// <param name="Model">As the server names it; null leaves it out.</param>
/// <param name="Stream">Whether tokens are to come as they are made.</param>
/// <param name="IgnoreEos">Whether the server is asked to generate exactly as many tokens as the request says.</param>
/// <param name="Temperature">0 is greedy.</param>
internal sealed record GenerationOptions(string? Model, bool Stream = true, bool IgnoreEos = true, double Temperature = 0);
