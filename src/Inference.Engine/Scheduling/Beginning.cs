using Inference.Engine.Caching;

namespace Inference.Engine.Scheduling;

/// <summary>What is in the cache already of a sequence that holds no blocks.</summary>
/// <param name="Match">How much, and in which blocks.</param>
/// <param name="Source">The sibling whose blocks they are; null: the prefix cache's latest match.</param>
/// <param name="IsPromised">Whether a sibling is about to have computed more, worth waiting for.</param>
internal readonly record struct Beginning(PrefixMatch Match, Sequence? Source, bool IsPromised);
