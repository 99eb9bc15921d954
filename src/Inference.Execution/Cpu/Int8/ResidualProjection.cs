using Inference.OnnxRuntime.CustomOperators;

namespace Inference.Execution.Cpu.Int8;

/// <summary>
/// The first four inputs of the operators that add a projection to the residual: residual [tokens, width], accumulators [tokens, width],
/// row scales [tokens],
/// column scales [width].
/// </summary>
internal unsafe readonly struct ResidualProjection
{
    private readonly float* _residual;
    private readonly int* _accumulators;
    private readonly float* _rowScales;
    private readonly float* _columnScales;

    /// <summary>Reads and checks the inputs.</summary>
    /// <exception cref="ArgumentException">Their shapes do not fit each other.</exception>
    public ResidualProjection(KernelContext context)
    {
        var residual = context.Input(0);
        var accumulators = context.Input(1);
        var rowScales = context.Input(2);
        var columnScales = context.Input(3);
        (Tokens, Width) = (residual[0], residual[1]);
        Arguments.Require(Width % 16 == 0, "the hidden size is not a multiple of 16");
        Arguments.Require(accumulators[0] == Tokens && accumulators[1] == Width, "the accumulators do not have the residual's shape");
        Arguments.Require(rowScales[0] == Tokens, "the row scales are not one for each row");
        Arguments.Require(columnScales[0] == Width, "the column scales are not one for each column");
        _residual = residual.Data<float>();
        _accumulators = accumulators.Data<int>();
        _rowScales = rowScales.Data<float>();
        _columnScales = columnScales.Data<float>();
    }

    public int Tokens { get; }

    public int Width { get; }

    /// <summary>Adds one row's projection to its residual.</summary>
    /// <param name="token">The row.</param>
    /// <param name="sum">[width].</param>
    public RowStatistics Add<T>(long token, float* sum)
        where T : unmanaged, ILanes<T> =>
        NormRow<T>.Add(_residual + token * Width, _accumulators + token * Width, _rowScales[token], _columnScales, sum, Width);
}
