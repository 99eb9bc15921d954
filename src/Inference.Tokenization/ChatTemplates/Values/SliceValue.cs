namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>The bounds of a slice; null where left out.</summary>
internal sealed record SliceValue(long? Start, long? Stop, long? Step);
