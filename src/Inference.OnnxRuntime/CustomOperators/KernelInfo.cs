using System.Text;
using Inference.OnnxRuntime.Native;

namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>The attributes and constants of the node that a kernel is made for. Valid only while the kernel is made.</summary>
public readonly unsafe ref struct KernelInfo
{
    private readonly nint _info;

    internal KernelInfo(nint info) => _info = info;

    /// <summary>An integer attribute.</summary>
    /// <exception cref="OrtStatusException">The node lacks it.</exception>
    public long GetInt64(string name)
    {
        long value;
        fixed (byte* text = ZeroTerminated(name))
        {
            NativeApi.Check(NativeApi.KernelInfoGetInt64(_info, text, &value));
        }

        return value;
    }

    /// <summary>A float attribute.</summary>
    /// <exception cref="OrtStatusException">The node lacks it.</exception>
    public float GetSingle(string name)
    {
        float value;
        fixed (byte* text = ZeroTerminated(name))
        {
            NativeApi.Check(NativeApi.KernelInfoGetFloat(_info, text, &value));
        }

        return value;
    }

    /// <summary>An input that is a constant of the graph.</summary>
    /// <exception cref="OrtStatusException">It is none.</exception>
    public KernelTensor GetConstantInput(int index)
    {
        int isConstant;
        nint value;
        NativeApi.Check(NativeApi.KernelInfoGetConstantInput(_info, (nuint)index, &isConstant, &value));
        return isConstant != 0 ? KernelTensor.Of(value) : throw new OrtStatusException($"Input {index} is not a constant of the graph.");
    }

    private static byte[] ZeroTerminated(string name) => Encoding.UTF8.GetBytes(name + '\0');
}
