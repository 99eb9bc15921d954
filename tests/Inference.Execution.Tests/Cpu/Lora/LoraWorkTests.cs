using Inference.Execution.Cpu.Lora;

namespace Inference.Execution.Tests.Cpu.Lora;

/// <summary>The pieces of an adapted product against a scalar reference, to the bit.</summary>
public sealed unsafe class LoraWorkTests
{
    /// <summary>Part widths that are no whole vectors, ranks that are none, rows apart from each other.</summary>
    [Theory]
    [InlineData(5, 7, 3, 1)]
    [InlineData(128, 130, 8, 70)]
    [InlineData(33, 64, 17, 200)]
    [InlineData(96, 1, 256, 65)]
    public void ShrinkAndExpand_AnySizes_GiveTheReferencesBits(int inputs, int firstWidth, int rank, int secondWidth)
    {
        const int Tokens = 9;
        var random = new Random(3);
        var (padded, width) = ((rank + 15) / 16 * 16, firstWidth + secondWidth + 2);
        float[] x = Values(Tokens * inputs), y = Values(Tokens * width), a = Values(inputs * 2 * padded);
        float[] first = Values(rank * Stride(firstWidth)), second = Values(rank * Stride(secondWidth)), scratch = new float[Tokens * 2 * padded];
        LoraRun[] runs = [new(8, 1), new(0, 2), new(4, 3)];
        var expected = Reference();
        fixed (float* px = x, py = y, pa = a, pFirst = first, pSecond = second, pScratch = scratch)
        fixed (LoraRun* pRuns = runs)
        {
            var parts = stackalloc LoraPart[]
            {
                new() { B = pFirst, Stride = Stride(firstWidth), OutputCount = firstWidth, Rank = rank },
                new() { B = pSecond, Stride = Stride(secondWidth), FirstOutput = firstWidth + 1, OutputCount = secondWidth, FirstRank = padded, Rank = rank },
            };
            var site = new LoraSite { A = pa, InputSize = inputs, RankStride = 2 * padded, OutputEnd = width - 1, PartCount = 2, Parts = parts };
            var tiles = stackalloc LoraTile[] { new() { Sites = &site, FirstRun = 0, RunCount = 2 }, new() { Sites = &site, FirstRun = 2, RunCount = 1, FirstRow = 3 } };
            var work = new LoraWork
            {
                Tiles = tiles, Runs = pRuns, TileCount = 2, Input = px, InputSize = inputs, Output = py, OutputSize = width,
                Scratch = pScratch, ScratchStride = 2 * padded,
            };
            for (var piece = 15; piece >= 0; piece--)
            {
                work.Shrink(0, piece);
                work.Shrink(1, piece);
            }

            for (var piece = 15; piece >= 0; piece--)
            {
                work.Expand(1, piece);
                work.Expand(0, piece);
            }
        }

        Assert.Equal(expected, y);

        float[] Reference()
        {
            var result = (float[])y.Clone();
            foreach (var row in runs.SelectMany(run => Enumerable.Range(run.FirstRow, run.Count)))
            {
                Add(row, 0, 0, firstWidth, first);
                Add(row, padded, firstWidth + 1, secondWidth, second);
            }

            return result;

            void Add(int row, int firstRank, int firstOutput, int outputs, float[] b)
            {
                var ranks = new float[rank];
                for (var k = 0; k < rank; k++)
                {
                    for (var i = 0; i < inputs; i++)
                    {
                        ranks[k] = MathF.FusedMultiplyAdd(x[(row * inputs) + i], a[(i * 2 * padded) + firstRank + k], ranks[k]);
                    }
                }

                for (var o = 0; o < outputs; o++)
                {
                    ref var sum = ref result[(row * width) + firstOutput + o];
                    for (var k = 0; k < rank; k++)
                    {
                        sum = MathF.FusedMultiplyAdd(ranks[k], b[(k * Stride(outputs)) + o], sum);
                    }
                }
            }
        }

        float[] Values(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private static int Stride(int width) => (width + 15) / 16 * 16;
}
