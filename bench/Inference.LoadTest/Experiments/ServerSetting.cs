namespace Inference.LoadTest.Experiments;

/// <summary>A server's own arguments.</summary>
internal sealed record ServerSetting(string Name, IReadOnlyList<string> Arguments);
