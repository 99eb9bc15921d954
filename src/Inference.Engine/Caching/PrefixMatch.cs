namespace Inference.Engine.Caching;

/// <summary>A beginning of a sequence that is in the cache.</summary>
/// <param name="Blocks">Its blocks.</param>
/// <param name="FreeBlocks">Those of them that no table holds: taking them makes the pool's free blocks fewer.</param>
/// <param name="Length">Its tokens.</param>
internal readonly record struct PrefixMatch(int Blocks, int FreeBlocks, int Length);
