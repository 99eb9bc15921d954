namespace Inference.Models.Conversion;

/// <summary>How far a conversion is.</summary>
/// <param name="Stage">What it is busy with.</param>
/// <param name="Done">Bytes done of this stage; rises from one report of a stage to the next.</param>
/// <param name="Total">Bytes of this stage; 0 where that is not known (<see cref="ConversionStage.Wait"/>).</param>
public readonly record struct ConversionProgress(ConversionStage Stage, long Done, long Total);
