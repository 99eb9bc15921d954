using Inference.Execution.Cpu;

namespace Inference.Execution.Tests.Cpu;

public sealed unsafe class LargePageMemoryTests
{
    [Fact]
    public void Allocate_ManySizes_AreAlignedZeroAndApart()
    {
        var blocks = new List<(LargePageMemory Memory, int Size)>();
        foreach (var size in new[] { 1, 63, 64, 4096, 1_000_003, 9 << 20, 17, 20 << 20, 5 })
        {
            var memory = LargePageMemory.Allocate((nuint)size);
            Assert.Equal(0u, (nuint)memory.Start % 64);
            Assert.False(new Span<byte>(memory.Start, size).ContainsAnyExcept((byte)0), $"{size} bytes were not zero");
            new Span<byte>(memory.Start, size).Fill((byte)(blocks.Count + 1));
            blocks.Add((memory, size));
        }

        for (var i = 0; i < blocks.Count; i++)
        {
            var (memory, size) = blocks[i];
            Assert.False(new Span<byte>(memory.Start, size).ContainsAnyExcept((byte)(i + 1)), $"block {i} was overwritten");
        }

        blocks.ForEach(block => block.Memory.Dispose());
    }

    [Fact]
    public void Dispose_Twice_ReleasesOnce()
    {
        var first = LargePageMemory.Allocate(100);
        var second = LargePageMemory.Allocate(100);
        first.Dispose();
        first.Dispose();
        second.Start[99] = 1;
        Assert.Equal(1, second.Start[99]);
        second.Dispose();
    }

    [Fact]
    public void Allocate_AfterAllWereReleased_IsZeroAgain()
    {
        var first = LargePageMemory.Allocate(1000);
        new Span<byte>(first.Start, 1000).Fill(7);
        first.Dispose();
        var second = LargePageMemory.Allocate(1000);
        Assert.False(new Span<byte>(second.Start, 1000).ContainsAnyExcept((byte)0));
        second.Dispose();
    }
}
