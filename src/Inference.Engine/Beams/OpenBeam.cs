namespace Inference.Engine.Beams;

/// <summary>A text that the search goes on from.</summary>
/// <param name="Path">The text; null: no token yet.</param>
/// <param name="Parent">The index, among the beams of the round before, of the one that it continues.</param>
internal readonly record struct OpenBeam(BeamPath? Path, int Parent);
