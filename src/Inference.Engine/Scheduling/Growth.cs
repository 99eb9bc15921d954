namespace Inference.Engine.Scheduling;

/// <summary>What a sequence will still want of the cache, and what it gives back then, in tokens.</summary>
/// <param name="Remaining">Tokens it will still grow by.</param>
/// <param name="Own">Tokens it holds now and shares with nobody.</param>
internal readonly record struct Growth(int Remaining, int Own);
