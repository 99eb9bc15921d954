using Inference.Testing;
using Inference.Traces;

namespace Inference.Simulation.Tests;

/// <summary>The traces in bench/traces, read once.</summary>
internal static class CommittedTraces
{
    private static readonly Lazy<IReadOnlyList<TraceRequest>> LazyAzure = new(() => Read("azure_conversation_2023.csv.gz"));
    private static readonly Lazy<IReadOnlyList<TraceRequest>> LazyMooncake = new(() => Read("mooncake_synthetic.jsonl.gz"));

    public static IReadOnlyList<TraceRequest> Azure => LazyAzure.Value;

    public static IReadOnlyList<TraceRequest> Mooncake => LazyMooncake.Value;

    private static IReadOnlyList<TraceRequest> Read(string name) =>
        TraceFile.Read(Path.Combine(RepositoryFiles.Root, "bench", "traces", name));
}
