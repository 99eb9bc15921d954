using Inference.Execution.Cpu.Int8.Products;

namespace Inference.Execution.Cpu.Int8.Layers;

/// <summary>
/// Some neighbouring rows of a step on their way from one attention to the next. Rows do not need each other, so any number of them can
/// go through all stages in one thread; and within a stage, several threads can share the rows' work.
/// </summary>
internal unsafe struct LayerRows<T> : IStagedBody
    where T : unmanaged, ILanes<T>
{
    private readonly LayerStep _step;
    private readonly int _first;
    private readonly int _rows;

    // [rows, hidden], [rows, 2 * intermediate], [rows, intermediate].
    private readonly int* _sums;
    private readonly int* _gateUp;
    private readonly byte* _z;
    private readonly float* _zScales;
    private readonly byte* _y;
    private readonly float* _yScales;
    private readonly float* _sum;
    private readonly byte* _x;

    /// <param name="step">All rows.</param>
    /// <param name="first">The first of these.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="scratch"><see cref="ScratchBytes"/>, at the start of a cache line.</param>
    public LayerRows(in LayerStep step, int first, int rows, byte* scratch)
        : this(step, first, rows, ref scratch)
    {
    }

    private LayerRows(in LayerStep step, int first, int rows, ref byte* scratch)
    {
        (_step, _first, _rows) = (step, first, rows);
        _sums = (int*)Take(ref scratch, rows * step.Hidden * sizeof(int));
        _gateUp = (int*)Take(ref scratch, rows * 2 * step.Intermediate * sizeof(int));
        _z = Take(ref scratch, rows * step.Intermediate);
        _zScales = (float*)Take(ref scratch, rows * sizeof(float));
        _y = step.Y + (long)first * step.Attended;
        _yScales = step.YScales + first;
        if (step.Indices != null)
        {
            _y = Take(ref scratch, rows * step.Attended);
            _yScales = (float*)Take(ref scratch, rows * sizeof(float));
        }

        _sum = step.Sum != null ? step.Sum + (long)first * step.Hidden : (float*)Take(ref scratch, rows * step.Hidden * sizeof(float));
        _x = step.X != null ? step.X + (long)first * step.Hidden : Take(ref scratch, rows * step.Hidden);
    }

    private enum Stage
    {
        Gather,
        Output,
        OutputNorm,
        GateUp,
        Activation,
        Down,
        DownNorm,
        Next,
        Count,
    }

    public readonly int Stages => (int)Stage.Count;

    /// <summary>What so many rows need.</summary>
    public static nuint ScratchBytes(in LayerStep step, int rows)
    {
        byte* end = null;
        _ = new LayerRows<T>(step, 0, rows, ref end);
        return (nuint)end;
    }

    public readonly int Units(int stage) => (Stage)stage switch
    {
        Stage.Gather => _step.Indices == null ? 0 : _rows,
        Stage.Output => Units(_step.Output),
        Stage.GateUp => Units(_step.GateUp),
        Stage.Down => Units(_step.Down),
        Stage.Next => Units(_step.Next),
        _ => _rows,
    };

    public readonly void Invoke(int stage, int unit)
    {
        switch ((Stage)stage)
        {
            case Stage.Gather:
                Gather(unit);
                break;
            case Stage.Output:
                Multiply(_step.Output, unit, _y, _sums);
                break;
            case Stage.OutputNorm:
                AddNorm(unit, _step.Residual + Token(unit) * _step.Hidden, _yScales[unit], _step.OutputScales);
                break;
            case Stage.GateUp:
                Multiply(_step.GateUp, unit, _x, _gateUp);
                break;
            case Stage.Activation:
                Activate(unit);
                break;
            case Stage.Down:
                Multiply(_step.Down, unit, _z, _sums);
                break;
            case Stage.DownNorm:
                AddNorm(unit, _sum + (long)unit * _step.Hidden, _zScales[unit], _step.DownScales);
                break;
            case Stage.Next:
                Multiply(_step.Next, unit, _x, _step.NextSums + (long)_first * _step.Next.Outputs);
                break;
        }
    }

    private static byte* Take(ref byte* scratch, int bytes)
    {
        const int Line = 64;
        var start = scratch;
        scratch += (bytes + Line - 1) / Line * Line;
        return start;
    }

    private readonly int PanelsPerUnit(in VnniPanels panels) => RowLoop.RowsPerIteration(panels.Count, panels.Nanoseconds(_rows));

    private readonly int Units(in VnniPanels panels) => (panels.Count + PanelsPerUnit(panels) - 1) / PanelsPerUnit(panels);

    private readonly void Multiply(in VnniPanels panels, int unit, byte* rows, int* sums)
    {
        var count = PanelsPerUnit(panels);
        panels.Multiply(unit * count, (unit + 1) * count, rows, _rows, sums);
    }

    private readonly long Token(int row) => _step.Indices == null ? _first + row : _step.Indices[_first + row];

    private readonly void Gather(int row)
    {
        var token = Token(row);
        var source = new ReadOnlySpan<byte>(_step.Y + token * _step.Attended, _step.Attended);
        source.CopyTo(new Span<byte>(_y + (long)row * _step.Attended, _step.Attended));
        _yScales[row] = _step.YScales[token];
    }

    private readonly void AddNorm(int row, float* residual, float rowScale, float* columnScales)
    {
        var width = _step.Hidden;
        var sum = _sum + (long)row * width;
        var statistics = NormRow<T>.Add(residual, _sums + (long)row * width, rowScale, columnScales, sum, width);
        _step.XScales[_first + row] = NormRow<T>.Quantize(sum, width, statistics, _step.Epsilon, _x + (long)row * width);
    }

    private readonly void Activate(int row)
    {
        var width = _step.Intermediate;
        _zScales[row] = SwiGluQuantizeKernel<T>.Compute(
            _gateUp + 2L * row * width, _step.XScales[_first + row], _step.GateUpScales, width, _step.Hadamard, _z + (long)row * width);
    }
}
