using Inference.Engine.Requests;

namespace Inference.Engine.Beams;

/// <summary>A text that has ended.</summary>
internal readonly record struct FinishedBeam(BeamPath Path, double Score, FinishReason Reason);
