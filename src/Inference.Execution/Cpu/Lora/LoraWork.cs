using System.Numerics;

namespace Inference.Execution.Cpu.Lora;

/// <summary>
/// One product's share of a step: first A x for every tile (<see cref="Shrink"/>), then y += B (A x) (<see cref="Expand"/>), each cut into
/// columns. An element is summed in the order of the depth, one fused multiply-add at a time, as <see cref="MatrixKernel"/> does, whatever
/// shares its tile: so a row's result depends on nothing but the row and its adapter.
/// </summary>
internal unsafe struct LoraWork
{
    /// <summary>Columns of a piece: with as much depth as ranks have, its weights stay in the nearest cache while a tile's runs pass.</summary>
    public const int Columns = 64;

    public LoraTile* Tiles;
    public LoraRun* Runs;
    public int TileCount;
    public int Site;

    /// <summary>FLOAT [tokens, <see cref="InputSize"/>].</summary>
    public float* Input;
    public int InputSize;

    /// <summary>FLOAT [tokens, <see cref="OutputSize"/>].</summary>
    public float* Output;
    public int OutputSize;

    /// <summary>FLOAT [rows with an adapter, <see cref="ScratchStride"/>]: A x.</summary>
    public float* Scratch;
    public int ScratchStride;

    /// <summary>A x of a tile, for the columns of a piece.</summary>
    public readonly void Shrink(int tileIndex, int piece)
    {
        ref var tile = ref Tiles[tileIndex];
        ref var site = ref tile.Sites[Site];
        var column = piece * Columns;
        var count = Math.Min(Columns, site.RankStride - column);
        if (count <= 0)
        {
            return;
        }

        var scratch = Scratch + ((long)tile.FirstRow * ScratchStride) + column;
        for (var i = 0; i < tile.RunCount; i++)
        {
            var run = Runs[tile.FirstRun + i];
            for (var row = 0; row < run.Count; row++)
            {
                new Span<float>(scratch + ((long)row * ScratchStride), count).Clear();
            }

            var input = Input + ((long)run.FirstRow * InputSize);
            MatrixKernel.MultiplyAdd(
                input, InputSize, site.A + column, site.RankStride, scratch, ScratchStride, run.Count, site.InputSize, count);
            scratch += (long)run.Count * ScratchStride;
        }
    }

    /// <summary>y += B (A x) of a tile, for the columns of a piece; pieces begin where parts do.</summary>
    public readonly void Expand(int tileIndex, int piece)
    {
        ref var site = ref Tiles[tileIndex].Sites[Site];
        for (var i = 0; i < site.PartCount; i++)
        {
            var pieces = (site.Parts[i].OutputCount + Columns - 1) / Columns;
            if (piece < pieces)
            {
                ExpandPart(ref Tiles[tileIndex], ref site.Parts[i], piece * Columns);
                return;
            }

            piece -= pieces;
        }
    }

    private readonly void ExpandPart(ref LoraTile tile, ref LoraPart part, int column)
    {
        var count = Math.Min(Columns, part.OutputCount - column);
        var whole = count / Vector<float>.Count * Vector<float>.Count;
        var scratch = Scratch + ((long)tile.FirstRow * ScratchStride) + part.FirstRank;
        for (var i = 0; i < tile.RunCount; i++)
        {
            var run = Runs[tile.FirstRun + i];
            var output = Output + ((long)run.FirstRow * OutputSize) + part.FirstOutput + column;
            MatrixKernel.MultiplyAdd(scratch, ScratchStride, part.B + column, part.Stride, output, OutputSize, run.Count, part.Rank, whole);
            if (whole < count)
            {
                ExpandRest(scratch, ref part, column + whole, output + whole, run.Count, count - whole);
            }

            scratch += (long)run.Count * ScratchStride;
        }
    }

    /// <summary>The last outputs, fewer than a vector has: what lies behind them is not this part's to write.</summary>
    private readonly void ExpandRest(float* scratch, ref LoraPart part, int column, float* output, int rows, int count)
    {
        var padded = stackalloc float[Vector<float>.Count];
        for (var row = 0; row < rows; row++, output += OutputSize, scratch += ScratchStride)
        {
            new Span<float>(output, count).CopyTo(new Span<float>(padded, count));
            MatrixKernel.MultiplyAdd(scratch, 0, part.B + column, part.Stride, padded, 0, 1, part.Rank, Vector<float>.Count);
            new Span<float>(padded, count).CopyTo(new Span<float>(output, count));
        }
    }
}
