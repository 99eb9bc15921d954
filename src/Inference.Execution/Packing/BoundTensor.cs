using Microsoft.ML.OnnxRuntime;

namespace Inference.Execution.Packing;

/// <summary>
/// A tensor of the session that lives in pinned memory of ours. It is bound anew only when its shape changes, so that a step like the one before costs no
/// allocation and no native call.
/// </summary>
internal sealed class BoundTensor<T>(string name, bool isOutput = false) : IDisposable
    where T : unmanaged
{
    private readonly PinnedBuffer<T> _buffer = new();
    private readonly long[] _shape = new long[2];
    private OrtValue? _value;
    private bool _isBound;

    /// <summary>The elements, row-major in the latest shape.</summary>
    public Memory<T> Memory { get; private set; }

    /// <summary>Shapes it as a vector; what it holds is undefined if the length is another than before.</summary>
    public Span<T> Resize(int length) => Resize([length]);

    /// <summary>Shapes it as a matrix; what it holds is undefined if the shape is another than before.</summary>
    public Span<T> Resize(int rows, int columns) => Resize([rows, columns]);

    /// <summary>Binds it if it is not bound as it is.</summary>
    public void BindTo(OrtIoBinding binding)
    {
        if (_isBound)
        {
            return;
        }

        if (isOutput)
        {
            binding.BindOutput(name, _value);
        }
        else
        {
            binding.BindInput(name, _value);
        }

        _isBound = true;
    }

    /// <inheritdoc/>
    public void Dispose() => _value?.Dispose();

    private Span<T> Resize(scoped ReadOnlySpan<long> shape)
    {
        if (_value is null || !shape.SequenceEqual(_shape.AsSpan(0, shape.Length)))
        {
            shape.CopyTo(_shape);
            var length = shape.Length == 1 ? shape[0] : checked(shape[0] * shape[1]);
            Memory = _buffer.Resize(checked((int)length));
            _value?.Dispose();
            _value = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, Memory, shape.ToArray());
            _isBound = false;
        }

        return Memory.Span;
    }
}
