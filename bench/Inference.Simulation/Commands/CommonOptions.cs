using System.CommandLine;
using Inference.Simulation.Costs;
using Inference.Traces;

namespace Inference.Simulation.Commands;

/// <summary>Arguments and options that several commands have.</summary>
internal static class CommonOptions
{
    public static Argument<string> Trace() => new("trace")
    {
        Description = "A trace: .csv of Azure's or .jsonl of Mooncake's, or either as .gz; or azure or mooncake for those in bench/traces.",
    };

    public static Option<string?> Cost() => new("--cost")
    {
        Description = "A file that 'fit' wrote: how long steps take. Default: the default model's, as measured.",
        HelpName = "FILE",
    };

    public static CostModel ReadCost(string? path) => path is null ? CostModel.Default : CostModel.Read(path);

    public static IReadOnlyList<TraceRequest> ReadTrace(string path)
    {
        var trace = TraceFile.Read(path switch
        {
            "azure" => Committed("azure_conversation_2023.csv.gz"),
            "mooncake" => Committed("mooncake_synthetic.jsonl.gz"),
            _ => path,
        });
        return trace.Count > 0 ? trace : throw new FormatException($"{path}: the trace is empty.");
    }

    private static string Committed(string name) => Path.Combine(AppContext.BaseDirectory, "traces", name);
}
