namespace Inference.LoadTest.Mock;

/// <summary>When a <see cref="MockServer"/> sends what.</summary>
internal sealed record MockTiming(TimeSpan FirstToken, TimeSpan BetweenTokens, int Tokens);
