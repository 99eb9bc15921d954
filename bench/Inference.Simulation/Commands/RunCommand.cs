using System.CommandLine;
using System.Diagnostics;
using Inference.Engine.Execution;
using Inference.Engine.Scheduling;
using Inference.Simulation.Loads;
using Inference.Simulation.Replicas;
using Inference.Simulation.Reports;
using Inference.Simulation.Routing;
using Inference.Traces;

namespace Inference.Simulation.Commands;

/// <summary>Replays a trace for every combination of replicas, router and policy, a row for each.</summary>
internal sealed class RunCommand
{
    private readonly Argument<string> _trace = CommonOptions.Trace();
    private readonly Option<string?> _cost = CommonOptions.Cost();
    private readonly Option<int[]> _replicas = Several("--replicas", "N", "So many replicas with as many times the trace's load.", 1);
    private readonly Option<RouterKind[]> _routers = Several("--router", "NAME", "Who chooses a replica.", RouterKind.RoundRobin);
    private readonly Option<QueuePolicy[]> _policies = Several("--policy", "NAME", "Who is next in a replica.", QueuePolicy.Fcfs);
    private readonly Option<double> _speed = One("--speed", "X", "How many times as fast as in the trace requests arrive.", 1.0);
    private readonly Option<double?> _until = One<double?>("--until", "SECONDS", "Leave out what arrives later in the trace.", null);
    private readonly Option<int> _blocks = One("--num-blocks", "N", "Blocks of a replica's cache.", 8192);
    private readonly Option<int> _blockSize = One("--block-size", "TOKENS", "Tokens of a block.", 16);
    private readonly Option<int> _sequences = One("--max-num-seqs", "N", "The most requests that run in one step.", 256);
    private readonly Option<int> _tokens = One("--max-num-batched-tokens", "TOKENS", "The most tokens that one step computes.", 256);
    private readonly Option<bool> _prefixes = One("--enable-prefix-caching", "BOOL", "Whether prompts take what is cached.", true);
    private readonly Option<double> _conservativeness = One("--schedule-conservativeness", "X", "How much expected growth must have room.", 1.0);
    private readonly Option<int> _maxTokens = One("--max-tokens", "TOKENS", "The max_tokens of requests that end before.", 1024);
    private readonly Option<double> _urgent = One("--urgent", "SHARE", "The share of requests that are urgent: their priority, client and deadline differ.", 0.0);
    private readonly Option<double?> _deadline = One<double?>("--deadline", "SECONDS", "In what time urgent requests must begin.", null);

    public static Command Create(TextWriter output)
    {
        var run = new RunCommand();
        var command = new Command("run", "Replay a trace: throughput, latencies, hits and preemptions.")
        {
            run._trace, run._cost, run._replicas, run._routers, run._policies, run._speed, run._until, run._blocks, run._blockSize,
            run._sequences, run._tokens, run._prefixes, run._conservativeness, run._maxTokens, run._urgent, run._deadline,
        };
        command.SetAction(result => run.Run(result, output));
        return command;
    }

    private void Run(ParseResult result, TextWriter output)
    {
        var trace = CommonOptions.ReadTrace(result.GetRequiredValue(_trace));
        SimulationTable.WriteHead(output);
        foreach (var replicas in result.GetRequiredValue(_replicas))
        {
            foreach (var router in result.GetRequiredValue(_routers))
            {
                foreach (var policy in result.GetRequiredValue(_policies))
                    RunOne(FleetOf(result, replicas, policy), LoadOf(result, replicas), router, trace, output);
            }
        }
    }

    private static void RunOne(FleetOptions options, LoadOptions load, RouterKind router, IReadOnlyList<TraceRequest> trace, TextWriter output)
    {
        using var fleet = new Fleet(options, router == RouterKind.Prefix ? new PrefixAwareRouter() : new RoundRobinRouter());
        var start = Stopwatch.GetTimestamp();
        fleet.Run(Load.Of(trace, load));
        var name = $"{options.Replicas} | {router} | {options.Scheduling.Policy}";
        SimulationTable.WriteRow(output, name, options.Replicas, fleet.Statistics, Stopwatch.GetElapsedTime(start));
    }

    private FleetOptions FleetOf(ParseResult result, int replicas, QueuePolicy policy) => new()
    {
        Replicas = replicas,
        Cost = CommonOptions.ReadCost(result.GetValue(_cost)),
        MaxTokens = result.GetValue(_maxTokens),
        UrgentDeadline = result.GetValue(_deadline) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        Limits = new ModelLimits(VocabularySize: 49152, MaxModelLength: 1 << 20, result.GetValue(_blockSize), result.GetValue(_blocks)),
        Scheduling = new SchedulerOptions
        {
            Policy = policy,
            MaxNumSeqs = result.GetValue(_sequences),
            MaxNumBatchedTokens = result.GetValue(_tokens),
            MaxQueueLength = int.MaxValue,
            EnablePrefixCaching = result.GetValue(_prefixes),
            Conservativeness = result.GetValue(_conservativeness),
        },
    };

    private LoadOptions LoadOf(ParseResult result, int replicas) => new()
    {
        Copies = replicas,
        Speed = result.GetValue(_speed),
        Until = result.GetValue(_until) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        UrgentShare = result.GetValue(_urgent),
    };

    private static Option<T> One<T>(string name, string value, string description, T standard) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => standard };

    private static Option<T[]> Several<T>(string name, string value, string description, T standard) => new(name)
    {
        Description = $"{description} May be given several times, or with several values.",
        HelpName = value,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [standard],
    };
}
