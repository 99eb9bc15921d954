using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8.Layers;

/// <summary>
/// Runs work in stages on several threads with one fork and one join. Threads take a stage's units as they come, and wait for its last one
/// without going to sleep: the wait is shorter than waking up. A thread that arrives late, or never, costs time but nothing else.
/// </summary>
internal static unsafe class StagedLoop
{
    // Between two looks at the counter; a thread that waits longer gives its core to whoever is wanted on it.
    private const int SpinsBeforeYield = 2000;

    /// <summary>Runs all units of all stages in this thread.</summary>
    public static void RunAlone<TBody>(TBody body)
        where TBody : unmanaged, IStagedBody
    {
        for (var stage = 0; stage < body.Stages; stage++)
        {
            var units = body.Units(stage);
            for (var unit = 0; unit < units; unit++)
            {
                body.Invoke(stage, unit);
            }
        }
    }

    /// <summary>Runs all units of all stages in as many threads as the session has, and waits.</summary>
    /// <param name="context">The running node.</param>
    /// <param name="lanes">How many threads are wanted.</param>
    /// <param name="body">What to run.</param>
    [SkipLocalsInit]
    public static void Run<TBody>(KernelContext context, int lanes, TBody body)
        where TBody : unmanaged, IStagedBody
    {
        var count = CounterCount(body, lanes);
        var counters = stackalloc Counter[count];
        new Span<Counter>(counters, count).Clear();
        context.ParallelFor(lanes, new Lane<TBody>(body, counters, lanes));
    }

    /// <summary>For each stage, one for each lane's share, and one for the units that are complete.</summary>
    internal static int CounterCount<TBody>(TBody body, int lanes)
        where TBody : unmanaged, IStagedBody => body.Stages * (lanes + 1);

    /// <summary>What each thread does.</summary>
    internal readonly struct Lane<TBody>(TBody body, Counter* counters, int lanes) : IParallelBody
        where TBody : unmanaged, IStagedBody
    {
        private readonly TBody _body = body;

        public void Invoke(int index)
        {
            for (var stage = 0; stage < _body.Stages; stage++)
            {
                var taken = counters + stage * (lanes + 1);
                var completed = taken + lanes;
                var units = _body.Units(stage);
                if (Interlocked.Add(ref completed->Value, Compute(stage, units, index, taken)) < units)
                {
                    Wait(completed, units);
                }
            }
        }

        // Neighbouring units, as what they read is neighbouring too: the lane's own share first, then what is left of the others'.
        private int Compute(int stage, int units, int index, Counter* taken)
        {
            var computed = 0;
            for (var other = 0; other < lanes; other++)
            {
                var share = (index + other) % lanes;
                var (first, end) = (units * share / lanes, units * (share + 1) / lanes);
                for (var unit = first + taken[share].Next(); unit < end; unit = first + taken[share].Next())
                {
                    _body.Invoke(stage, unit);
                    computed++;
                }
            }

            return computed;
        }

        private static void Wait(Counter* completed, int units)
        {
            for (var spins = 0; Volatile.Read(ref completed->Value) < units; spins++)
            {
                if (spins < SpinsBeforeYield)
                {
                    Thread.SpinWait(1);
                }
                else
                {
                    Thread.Yield();
                }
            }
        }
    }

    /// <summary>As long as a cache line and its neighbour, which is fetched with it: threads must not slow each other.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 128)]
    internal struct Counter
    {
        public int Value;

        /// <summary>0, 1, 2 and so on, each to one caller.</summary>
        public int Next() => Interlocked.Increment(ref Value) - 1;
    }
}
