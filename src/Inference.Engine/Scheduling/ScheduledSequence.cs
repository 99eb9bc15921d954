using Inference.Engine.Caching;

namespace Inference.Engine.Scheduling;

/// <summary>A sequence in a step, and the blocks that it gains when the step is applied.</summary>
internal readonly record struct ScheduledSequence(Sequence Sequence, CacheReservation Reservation);
