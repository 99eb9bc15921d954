using Inference.LoadTest.Measures;

namespace Inference.LoadTest.Experiments;

/// <summary>One measurement.</summary>
internal sealed record ExperimentPoint(ExperimentScenario Scenario, int Clients, string Server, RunSummary Run);
