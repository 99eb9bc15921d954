using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Inference.Models.Checkpoints;
using Inference.Models.SafeTensors;

namespace Inference.Models.Packed;

/// <summary>
/// A projection as a packed checkpoint has it, checked: <c>qweight</c> with the weights of all inputs and outputs, <c>scales</c> [groups,
/// outputs], <c>qzeros</c> [groups, outputs / weights in a word] and, for groups of inputs in no order, <c>g_idx</c> [inputs].
/// </summary>
internal sealed class PackedMatrix
{
    /// <summary>The suffix of the tensor that the others go with.</summary>
    public const string WeightSuffix = ".qweight";

    /// <summary>The suffixes of all tensors that make up a projection.</summary>
    public static readonly ImmutableArray<string> Suffixes = [WeightSuffix, ".qzeros", ".scales", ".g_idx"];

    private readonly SafeTensorsWeightSource _source;
    private readonly PackingSpec _packing;
    private readonly string _module;
    private readonly RawTensor _weight;
    private readonly RawTensor _zeros;
    private readonly RawTensor? _groups;
    private readonly int _groupCount;

    private PackedMatrix(SafeTensorsWeightSource source, string module, PackingSpec packing)
    {
        (_source, _module, _packing) = (source, module, packing);
        _weight = Words(WeightSuffix);
        _zeros = Words(".qzeros");
        var (rows, columns) = (_weight.Shape[0], _weight.Shape[1]);
        (Inputs, Outputs) = packing.Method == PackingMethod.Gptq
            ? (Size(rows, packing.PerWord), Size(columns, 1))
            : (Size(rows, 1), Size(columns, packing.PerWord));
        if (Outputs % packing.PerWord != 0)
        {
            throw Error(WeightSuffix, $"{Outputs} outputs are not whole words of {packing.PerWord}");
        }

        _groupCount = packing.GroupSize is { } size ? (int)(((long)Inputs + size - 1) / size) : 1;
        CheckShape(".qzeros", _zeros.Shape, [_groupCount, Outputs / packing.PerWord]);
        CheckShape(
            ".scales",
            source.TryGetShape(module + ".scales", out var scales) ? scales : throw Error(".scales", "is missing"),
            [_groupCount, Outputs]);
        _groups = source.FindRaw(module + ".g_idx") is not null ? Words(".g_idx", dimensions: 1) : null;
        if (_groups is not null)
        {
            CheckShape(".g_idx", _groups.Shape, [Inputs]);
        }
    }

    /// <summary>Columns of the matrix that is meant.</summary>
    public int Inputs { get; }

    /// <summary>Rows of the matrix that is meant.</summary>
    public int Outputs { get; }

    /// <summary>A projection's tensors, checked as to types and shapes.</summary>
    /// <param name="source">The checkpoint.</param>
    /// <param name="module">What the tensors' names begin with.</param>
    /// <param name="packing">How it is packed.</param>
    /// <exception cref="ModelFormatException">A tensor is missing, or has another type or shape; the message names it.</exception>
    public static PackedMatrix Open(SafeTensorsWeightSource source, string module, PackingSpec packing) => new(source, module, packing);

    /// <summary>Reads everything into memory, as it is packed.</summary>
    /// <exception cref="ModelFormatException">A group that there is not.</exception>
    public UnpackedRows Load()
    {
        var scales = new float[_groupCount * (long)Outputs];
        _source.ReadRows(_module + ".scales", 0, scales);
        var groups = _groups is null ? ConsecutiveGroups() : Read(_groups);
        foreach (var group in groups)
        {
            if ((uint)group >= (uint)_groupCount)
            {
                throw Error(".g_idx", $"names group {group} of {_groupCount}");
            }
        }

        return new UnpackedRows(_packing, Inputs, Outputs)
        {
            Words = Read(_weight), Zeros = Read(_zeros), Scales = scales, Groups = groups,
        };
    }

    private int[] ConsecutiveGroups()
    {
        var groups = new int[Inputs];
        for (var i = 0; i < groups.Length; i++)
        {
            groups[i] = _packing.GroupSize is { } size ? i / size : 0;
        }

        return groups;
    }

    private static int[] Read(RawTensor tensor)
    {
        var words = new int[tensor.ByteCount / sizeof(int)];
        tensor.Read(0, MemoryMarshal.AsBytes(words.AsSpan()));
        return words;
    }

    private RawTensor Words(string suffix, int dimensions = 2)
    {
        var tensor = _source.FindRaw(_module + suffix) ?? throw Error(suffix, "is missing, or not of type I32");
        return tensor.Type != "I32" ? throw Error(suffix, $"is of type {tensor.Type}, not I32")
            : tensor.Shape.Length != dimensions
                ? throw Error(suffix, $"has shape {TensorShape.Format(tensor.Shape)}, not {dimensions} dimensions")
            : tensor.ByteCount > Array.MaxLength ? throw Error(suffix, $"has {tensor.ByteCount} bytes, more than can be read at once")
            : tensor;
    }

    private int Size(long words, int perWord) => words * perWord <= int.MaxValue
        ? (int)(words * perWord)
        : throw Error(WeightSuffix, $"has shape {TensorShape.Format(_weight.Shape)}, which is too large");

    private void CheckShape(string suffix, ImmutableArray<long> shape, ReadOnlySpan<long> expected)
    {
        if (!shape.AsSpan().SequenceEqual(expected))
        {
            var fitting = TensorShape.Format([.. expected]);
            throw Error(suffix, $"has shape {TensorShape.Format(shape)}; with this {WeightSuffix} it should be {fitting}");
        }
    }

    private ModelFormatException Error(string suffix, string what) => _source.Error(_module + suffix, what);
}
