namespace Inference.Engine.Requests;

/// <summary>When things happened to a request, as timestamps of the engine's <see cref="TimeProvider"/>; null: they have not.</summary>
/// <param name="Arrival">It was submitted.</param>
/// <param name="FirstScheduled">It was first part of a step.</param>
/// <param name="FirstToken">Its first token was there.</param>
/// <param name="LastToken">Its latest token was there.</param>
public readonly record struct RequestTimings(long Arrival, long? FirstScheduled, long? FirstToken, long? LastToken);
