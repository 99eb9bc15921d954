namespace Inference.LoadTest.Experiments;

/// <summary>Lengths, and what was published for each server's setting: output tokens per second, and the 90th percentile of latency in seconds.</summary>
internal sealed record ExperimentScenario(string Name, int InputTokens, int OutputTokens, IReadOnlyDictionary<string, PublishedFigures> Published);
