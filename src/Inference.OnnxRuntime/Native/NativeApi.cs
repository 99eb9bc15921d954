using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace Inference.OnnxRuntime.Native;

/// <summary>The entries of ONNX Runtime's C API that custom operators need and the official binding keeps to itself.</summary>
internal static unsafe partial class NativeApi
{
    /// <summary>The C API version asked for: the first with every entry used here (GetTensorElementTypeAndShapeDataReference came last).</summary>
    public const uint ApiVersion = 24;

    private const int OrtFail = 1;

    private static readonly OrtApi Table = LoadTable();

    private static readonly delegate* unmanaged[Cdecl]<int, byte*, nint> CreateStatusEntry = (delegate* unmanaged[Cdecl]<int, byte*, nint>)Table.CreateStatus;

    private static readonly delegate* unmanaged[Cdecl]<nint, byte*> GetErrorMessageEntry = (delegate* unmanaged[Cdecl]<nint, byte*>)Table.GetErrorMessage;

    private static readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseStatusEntry = (delegate* unmanaged[Cdecl]<nint, void>)Table.ReleaseStatus;

    public static readonly delegate* unmanaged[Cdecl]<byte*, nint*, nint> CreateCustomOpDomain =
        (delegate* unmanaged[Cdecl]<byte*, nint*, nint>)Table.CreateCustomOpDomain;

    public static readonly delegate* unmanaged[Cdecl]<nint, NativeCustomOp*, nint> CustomOpDomainAdd =
        (delegate* unmanaged[Cdecl]<nint, NativeCustomOp*, nint>)Table.CustomOpDomain_Add;

    public static readonly delegate* unmanaged[Cdecl]<nint, nint, nint> AddCustomOpDomain =
        (delegate* unmanaged[Cdecl]<nint, nint, nint>)Table.AddCustomOpDomain;

    public static readonly delegate* unmanaged[Cdecl]<nint, void> ReleaseCustomOpDomain =
        (delegate* unmanaged[Cdecl]<nint, void>)Table.ReleaseCustomOpDomain;

    public static readonly delegate* unmanaged[Cdecl]<nint, byte*, long*, nint> KernelInfoGetInt64 =
        (delegate* unmanaged[Cdecl]<nint, byte*, long*, nint>)Table.KernelInfoGetAttribute_int64;

    public static readonly delegate* unmanaged[Cdecl]<nint, byte*, float*, nint> KernelInfoGetFloat =
        (delegate* unmanaged[Cdecl]<nint, byte*, float*, nint>)Table.KernelInfoGetAttribute_float;

    public static readonly delegate* unmanaged[Cdecl]<nint, nuint*, nint> KernelContextGetInputCount =
        (delegate* unmanaged[Cdecl]<nint, nuint*, nint>)Table.KernelContext_GetInputCount;

    public static readonly delegate* unmanaged[Cdecl]<nint, nuint, int*, nint*, nint> KernelInfoGetConstantInput =
        (delegate* unmanaged[Cdecl]<nint, nuint, int*, nint*, nint>)Table.KernelInfoGetConstantInput_tensor;

    public static readonly delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint> KernelContextGetInput =
        (delegate* unmanaged[Cdecl]<nint, nuint, nint*, nint>)Table.KernelContext_GetInput;

    public static readonly delegate* unmanaged[Cdecl]<nint, nuint, long*, nuint, nint*, nint> KernelContextGetOutput =
        (delegate* unmanaged[Cdecl]<nint, nuint, long*, nuint, nint*, nint>)Table.KernelContext_GetOutput;

    public static readonly delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<void*, nuint, void>, nuint, nuint, void*, nint> KernelContextParallelFor =
        (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<void*, nuint, void>, nuint, nuint, void*, nint>)Table.KernelContext_ParallelFor;

    public static readonly delegate* unmanaged[Cdecl]<nint, void**, nint> GetTensorMutableData =
        (delegate* unmanaged[Cdecl]<nint, void**, nint>)Table.GetTensorMutableData;

    /// <summary>Value, element type, sizes (the value's own memory), rank.</summary>
    public static readonly delegate* unmanaged[Cdecl]<nint, int*, long**, nuint*, nint> GetTensorShape =
        (delegate* unmanaged[Cdecl]<nint, int*, long**, nuint*, nint>)Table.GetTensorElementTypeAndShapeDataReference;

    /// <summary>Turns a failed status into an exception and releases it.</summary>
    /// <exception cref="OrtStatusException">The status is a failure.</exception>
    public static void Check(nint status)
    {
        if (status == 0)
        {
            return;
        }

        var message = Marshal.PtrToStringUTF8((nint)GetErrorMessageEntry(status)) ?? "unknown error";
        ReleaseStatusEntry(status);
        throw new OrtStatusException(message);
    }

    /// <summary>A failed status for ONNX Runtime, which takes ownership of it.</summary>
    public static nint Failure(string message)
    {
        // Interior NULs would cut the message short.
        var bytes = Encoding.UTF8.GetBytes(message.Replace('\0', ' ') + '\0');
        fixed (byte* text = bytes)
        {
            return CreateStatusEntry(OrtFail, text);
        }
    }

    [LibraryImport("onnxruntime")]
    [UnmanagedCallConv(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static partial nint OrtGetApiBase();

    private static OrtApi LoadTable()
    {
        var apiBase = Marshal.PtrToStructure<OrtApiBase>(OrtGetApiBase());
        var table = ((delegate* unmanaged[Cdecl]<uint, nint>)apiBase.GetApi)(ApiVersion);
        if (table == 0)
        {
            throw new OrtStatusException($"This ONNX Runtime does not offer version {ApiVersion} of its C API.");
        }

        return Marshal.PtrToStructure<OrtApi>(table);
    }
}
