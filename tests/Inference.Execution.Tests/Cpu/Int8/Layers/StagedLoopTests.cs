using Inference.Execution.Cpu.Int8.Layers;

namespace Inference.Execution.Tests.Cpu.Int8.Layers;

public sealed unsafe class StagedLoopTests
{
    private const int Stages = 5;
    private const int MostUnits = 40;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Lanes_InThreadsOfTheirOwn_ComputeEachUnitOnceAfterTheStageBefore(int lanes)
    {
        for (var round = 0; round < 200; round++)
        {
            var counts = new int[Stages * MostUnits];
            fixed (int* pointer = counts)
            {
                RunInThreads(new Recorder(pointer), lanes);
            }

            AssertComplete(counts);
        }
    }

    [Fact]
    public void Lanes_OneAfterTheOther_TheFirstDoesAll()
    {
        var counts = new int[Stages * MostUnits];
        fixed (int* pointer = counts)
        {
            var body = new Recorder(pointer);
            var counters = stackalloc StagedLoop.Counter[StagedLoop.CounterCount(body, 2)];
            new Span<StagedLoop.Counter>(counters, StagedLoop.CounterCount(body, 2)).Clear();
            var lane = new StagedLoop.Lane<Recorder>(body, counters, 2);
            lane.Invoke(1);
            AssertComplete(counts);
            lane.Invoke(0);
        }

        AssertComplete(counts);
    }

    [Fact]
    public void RunAlone_AllUnits_ComputesEachOnce()
    {
        var counts = new int[Stages * MostUnits];
        fixed (int* pointer = counts)
        {
            StagedLoop.RunAlone(new Recorder(pointer));
        }

        AssertComplete(counts);
    }

    private static void RunInThreads(Recorder body, int lanes)
    {
        var counters = stackalloc StagedLoop.Counter[StagedLoop.CounterCount(body, lanes)];
        new Span<StagedLoop.Counter>(counters, StagedLoop.CounterCount(body, lanes)).Clear();
        var lane = new StagedLoop.Lane<Recorder>(body, counters, lanes);
        var threads = Enumerable.Range(0, lanes).Select(index => new Thread(() => lane.Invoke(index))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static void AssertComplete(int[] counts)
    {
        for (var stage = 0; stage < Stages; stage++)
        {
            for (var unit = 0; unit < MostUnits; unit++)
            {
                Assert.Equal(unit < Recorder.UnitsOf(stage) ? 1 : 0, counts[stage * MostUnits + unit]);
            }
        }
    }

    /// <summary>Counts what runs; a unit that runs before the stage before it is complete counts a hundred times.</summary>
    private readonly struct Recorder(int* counts) : IStagedBody
    {
        public int Stages => StagedLoopTests.Stages;

        // The second stage has nothing to do, the third more than the others.
        public static int UnitsOf(int stage) => stage switch { 1 => 0, 2 => MostUnits, _ => stage + 1 };

        public int Units(int stage) => UnitsOf(stage);

        public void Invoke(int stage, int unit)
        {
            var isEarly = false;
            for (var before = 0; before < stage; before++)
            {
                for (var other = 0; other < UnitsOf(before); other++)
                {
                    isEarly |= Volatile.Read(ref counts[before * MostUnits + other]) == 0;
                }
            }

            Interlocked.Add(ref counts[stage * MostUnits + unit], isEarly ? 100 : 1);
        }
    }
}
