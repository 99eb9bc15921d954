using System.Runtime.InteropServices;

namespace Inference.OnnxRuntime.Native;

/// <summary>OrtCustomOp of onnxruntime_c_api.h, field for field, with our own fields behind it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeCustomOp
{
    public uint Version;
    public nint CreateKernel;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, byte*> GetName;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, byte*> GetExecutionProviderType;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, nuint, int> GetInputType;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, nuint> GetInputTypeCount;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, nuint, int> GetOutputType;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, nuint> GetOutputTypeCount;
    public nint KernelCompute;
    public delegate* unmanaged[Cdecl]<nint, void> KernelDestroy;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, nuint, int> GetInputCharacteristic;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, nuint, int> GetOutputCharacteristic;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, nuint, int> GetInputMemoryType;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, int> GetVariadicInputMinArity;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, int> GetVariadicInputHomogeneity;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, int> GetVariadicOutputMinArity;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, int> GetVariadicOutputHomogeneity;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, nint, nint, nint*, nint> CreateKernelV2;
    public delegate* unmanaged[Cdecl]<nint, nint, nint> KernelComputeV2;
    public nint InferOutputShape;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, int> GetStartVersion;
    public delegate* unmanaged[Cdecl]<NativeCustomOp*, int> GetEndVersion;
    public delegate* unmanaged[Cdecl]<int**, int**, nuint> GetMayInplace;
    public delegate* unmanaged[Cdecl]<int*, int*, void> ReleaseMayInplace;
    public nint GetAliasMap;
    public nint ReleaseAliasMap;

    // Ours, from here on: ONNX Runtime passes the struct's address back to every callback.

    /// <summary>The operator's name, zero-terminated.</summary>
    public byte* Name;

    /// <summary>A GCHandle of the <see cref="CustomOperators.CustomOperator"/>.</summary>
    public nint Operator;

    public int InputCount;
    public int RequiredInputCount;
    public int OutputCount;
    public fixed int InputTypes[CustomOperators.CustomOperator.MaxArity];
    public fixed int OutputTypes[CustomOperators.CustomOperator.MaxArity];
}
