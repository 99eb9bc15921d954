using System.Runtime.CompilerServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// A node that finds each row's largest accumulator * column scale, the first of several. Products that are NaN are passed over.
/// </summary>
internal sealed unsafe class ArgMaxRowsKernel<T> : OperatorKernel
    where T : unmanaged, ILanes<T>
{
    // Columns are counted in floats, exact up to here.
    internal const int MostColumns = 1 << 24;

    // Comparisons wait for each other within a chain; so many chains keep the hardware busy.
    private const int Chains = 4;

    protected override void Compute(KernelContext context)
    {
        var accumulators = context.Input(0);
        var scales = context.Input(1);
        var (rows, columns) = (accumulators[0], accumulators[1]);
        Arguments.Require(columns is > 0 and <= MostColumns, "the vocabulary is empty or beyond 2^24");
        Arguments.Require(scales[0] == columns, "the column scales are not one for each column");
        var body = new Rows(accumulators.Data<int>(), scales.Data<float>(), columns, context.Output(0, rows).Data<int>());
        RowLoop.Run(context, rows, 100 + columns / 8, body);
    }

    /// <summary>The first column with the largest product; 0 if all are NaN.</summary>
    /// <param name="accumulators">[columns].</param>
    /// <param name="scales">[columns].</param>
    /// <param name="columns">Any number.</param>
    internal static int Find(int* accumulators, float* scales, int columns)
    {
        const int Step = Chains * 16;
        var values = stackalloc float[Step];
        var indices = stackalloc float[Step];
        var whole = columns / Step * Step;
        FindInChains(accumulators, scales, whole, values, indices);
        var (best, index) = First(values, indices, Step);
        for (var i = whole; i < columns; i++)
        {
            var value = accumulators[i] * scales[i];
            if (value > best)
            {
                (best, index) = (value, i);
            }
        }

        return index;
    }

    /// <summary>The largest value, with the lowest index of several; an index of 0 if there is none.</summary>
    /// <param name="values">[count]; negative infinity where nothing was met.</param>
    /// <param name="indices">[count].</param>
    /// <param name="count">Any number.</param>
    internal static (float Value, int Index) First(float* values, float* indices, int count)
    {
        var (best, index) = (float.NegativeInfinity, 0);
        for (var i = 0; i < count; i++)
        {
            if (values[i] > best || (values[i] == best && indices[i] < index))
            {
                (best, index) = (values[i], (int)indices[i]);
            }
        }

        return (best, index);
    }

    /// <summary>Keeps, in each lane, the larger of the best so far and a column's product; the earlier one of equals.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Keep(int* accumulators, float* scales, T column, ref T best, ref T index)
    {
        var value = T.LoadAsFloat(accumulators) * T.Load(scales);
        var larger = T.LessThan(best, value);
        best = T.Select(larger, value, best);
        index = T.Select(larger, column, index);
    }

    // Each lane of each chain keeps its largest value and the first column that it was met in.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void FindInChains(int* accumulators, float* scales, int columns, float* values, float* indices)
    {
        var lowest = T.Create(float.NegativeInfinity);
        T best0 = lowest, best1 = lowest, best2 = lowest, best3 = lowest;
        T index0 = T.Create(0), index1 = index0, index2 = index0, index3 = index0;
        var column = LaneMath<T>.IndicesFrom(0);
        var step = T.Create(ILanes<T>.Count);
        for (var i = 0; i < columns; i += Chains * ILanes<T>.Count)
        {
            Keep(accumulators + i, scales + i, column, ref best0, ref index0);
            column += step;
            Keep(accumulators + i + 16, scales + i + 16, column, ref best1, ref index1);
            column += step;
            Keep(accumulators + i + 32, scales + i + 32, column, ref best2, ref index2);
            column += step;
            Keep(accumulators + i + 48, scales + i + 48, column, ref best3, ref index3);
            column += step;
        }

        T.Store(values, best0);
        T.Store(values + 16, best1);
        T.Store(values + 32, best2);
        T.Store(values + 48, best3);
        T.Store(indices, index0);
        T.Store(indices + 16, index1);
        T.Store(indices + 32, index2);
        T.Store(indices + 48, index3);
    }

    private struct Rows(int* accumulators, float* scales, int columns, int* output) : IParallelBody
    {
        public readonly void Invoke(int index) => output[index] = Find(accumulators + (long)index * columns, scales, columns);
    }
}
