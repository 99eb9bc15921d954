using System.Collections.Immutable;

namespace Inference.Engine;

/// <summary>What one step computed, and what the engine was like then.</summary>
/// <param name="StepIndex">Counts steps from 0.</param>
/// <param name="Seconds">Execution and sampling.</param>
/// <param name="Tokens">Tokens computed.</param>
/// <param name="Status">As of the step's scheduling.</param>
/// <param name="Sequences">Each sequence's share.</param>
public sealed record StepRecord(long StepIndex, double Seconds, int Tokens, EngineStatus Status, ImmutableArray<StepShare> Sequences);
