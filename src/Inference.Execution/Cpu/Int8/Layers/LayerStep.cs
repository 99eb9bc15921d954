using Inference.Execution.Cpu.Int8.Products;

namespace Inference.Execution.Cpu.Int8.Layers;

/// <summary>What all rows of a step share on their way from one attention to the next: weights, and where inputs and outputs are.</summary>
internal unsafe struct LayerStep
{
    public VnniPanels Output;
    public VnniPanels GateUp;
    public VnniPanels Down;

    /// <summary>Without panels behind the last attention.</summary>
    public VnniPanels Next;

    public float* OutputScales;
    public float* GateUpScales;
    public float* DownScales;

    public int Attended;
    public int Hidden;
    public int Intermediate;
    public int Hadamard;
    public float Epsilon;

    /// <summary>FLOAT [tokens, hidden].</summary>
    public float* Residual;

    /// <summary>UINT8 [tokens, attended].</summary>
    public byte* Y;

    /// <summary>FLOAT [tokens].</summary>
    public float* YScales;

    /// <summary>INT64 [rows]: the tokens that go on; null if all do.</summary>
    public long* Indices;

    /// <summary>FLOAT [rows, hidden], the new residual; null if nobody wants it.</summary>
    public float* Sum;

    /// <summary>UINT8 [rows, hidden], its norm; null if nobody wants it.</summary>
    public byte* X;

    /// <summary>FLOAT [rows].</summary>
    public float* XScales;

    /// <summary>INT32 [rows, outputs of the next projection].</summary>
    public int* NextSums;
}
