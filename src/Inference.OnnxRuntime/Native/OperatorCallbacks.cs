using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Inference.OnnxRuntime.CustomOperators;

namespace Inference.OnnxRuntime.Native;

/// <summary>The functions that ONNX Runtime calls. None lets an exception out: it becomes a status with the exception's message.</summary>
internal static unsafe class OperatorCallbacks
{
    public static void Fill(NativeCustomOp* op)
    {
        op->Version = NativeApi.ApiVersion;
        op->GetName = &GetName;
        op->GetExecutionProviderType = &GetExecutionProviderType;
        op->GetInputType = &GetInputType;
        op->GetInputTypeCount = &GetInputTypeCount;
        op->GetOutputType = &GetOutputType;
        op->GetOutputTypeCount = &GetOutputTypeCount;
        op->KernelDestroy = &KernelDestroy;
        op->GetInputCharacteristic = &GetInputCharacteristic;
        op->GetOutputCharacteristic = &Required;
        op->GetInputMemoryType = &DefaultMemory;
        op->GetVariadicInputMinArity = &One;
        op->GetVariadicInputHomogeneity = &One;
        op->GetVariadicOutputMinArity = &One;
        op->GetVariadicOutputHomogeneity = &One;
        op->CreateKernelV2 = &CreateKernel;
        op->KernelComputeV2 = &Compute;
        op->GetStartVersion = &One;
        op->GetEndVersion = &AnyVersion;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* GetName(NativeCustomOp* op) => op->Name;

    /// <summary>Lets the operator's first output have the memory of its first input, where nobody else needs that.</summary>
    public static void AllowFirstInPlace(NativeCustomOp* op)
    {
        op->GetMayInplace = &GetFirstInPlace;
        op->ReleaseMayInplace = &ReleaseInPlace;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint GetFirstInPlace(int** inputs, int** outputs)
    {
        *inputs = (int*)NativeMemory.AllocZeroed(sizeof(int));
        *outputs = (int*)NativeMemory.AllocZeroed(sizeof(int));
        return 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseInPlace(int* inputs, int* outputs)
    {
        NativeMemory.Free(inputs);
        NativeMemory.Free(outputs);
    }

    /// <summary>Null stands for the CPU.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* GetExecutionProviderType(NativeCustomOp* op) => null;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetInputType(NativeCustomOp* op, nuint index) => op->InputTypes[(int)index];

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint GetInputTypeCount(NativeCustomOp* op) => (nuint)op->InputCount;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetOutputType(NativeCustomOp* op, nuint index) => op->OutputTypes[(int)index];

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nuint GetOutputTypeCount(NativeCustomOp* op) => (nuint)op->OutputCount;

    /// <summary>OrtCustomOpInputOutputCharacteristic: 0 for required, 1 for optional.</summary>
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetInputCharacteristic(NativeCustomOp* op, nuint index) => (int)index < op->RequiredInputCount ? 0 : 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Required(NativeCustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int DefaultMemory(NativeCustomOp* op, nuint index) => 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int One(NativeCustomOp* op) => 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int AnyVersion(NativeCustomOp* op) => int.MaxValue;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint CreateKernel(NativeCustomOp* op, nint api, nint info, nint* kernel)
    {
        CustomOperator? customOperator = null;
        try
        {
            customOperator = (CustomOperator)GCHandle.FromIntPtr(op->Operator).Target!;
            *kernel = GCHandle.ToIntPtr(GCHandle.Alloc(customOperator.CreateKernel(new KernelInfo(info))));
            return 0;
        }
        catch (Exception exception)
        {
            *kernel = 0;
            return NativeApi.Failure($"{customOperator?.Name}: {exception.Message}");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Compute(nint kernel, nint context)
    {
        OperatorKernel? operatorKernel = null;
        try
        {
            operatorKernel = (OperatorKernel)GCHandle.FromIntPtr(kernel).Target!;
            operatorKernel.Compute(new KernelContext(context));
            return 0;
        }
        catch (Exception exception)
        {
            return NativeApi.Failure($"{operatorKernel?.GetType().Name}: {exception.Message}");
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void KernelDestroy(nint kernel)
    {
        // A kernel that failed to be created has no handle.
        if (kernel == 0)
        {
            return;
        }

        var handle = GCHandle.FromIntPtr(kernel);
        (handle.Target as IDisposable)?.Dispose();
        handle.Free();
    }
}
