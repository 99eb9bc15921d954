namespace Inference.LoadTest.Experiments;

/// <summary>A smaller experiment.</summary>
internal sealed record QuickForm(IReadOnlyList<int> Concurrencies, int RequestsPerClient, int Rounds);
