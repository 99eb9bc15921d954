using System.Text;
using Inference.OnnxRuntime.Native;

namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>The attributes of the node that a kernel is made for. Valid only while the kernel is made.</summary>
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

    private static byte[] ZeroTerminated(string name) => Encoding.UTF8.GetBytes(name + '\0');
}
