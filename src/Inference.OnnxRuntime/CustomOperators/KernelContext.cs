using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Inference.OnnxRuntime.Native;

namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>The running node's inputs and outputs, and ONNX Runtime's own thread pool.</summary>
public readonly unsafe ref struct KernelContext
{
    private readonly nint _context;

    internal KernelContext(nint context) => _context = context;

    /// <summary>Inputs that the node has: all, or fewer where the last ones may be left out.</summary>
    public int InputCount
    {
        get
        {
            nuint count;
            NativeApi.Check(NativeApi.KernelContextGetInputCount(_context, &count));
            return (int)count;
        }
    }

    /// <summary>Input <paramref name="index"/>.</summary>
    public KernelTensor Input(int index)
    {
        nint value;
        NativeApi.Check(NativeApi.KernelContextGetInput(_context, (nuint)index, &value));
        return KernelTensor.Of(value);
    }

    /// <summary>Whether the node has input <paramref name="index"/>: one that may be left out can lack although a later one is there.</summary>
    public bool HasInput(int index)
    {
        if (index >= InputCount)
        {
            return false;
        }

        nint value;
        NativeApi.Check(NativeApi.KernelContextGetInput(_context, (nuint)index, &value));
        return value != 0;
    }

    /// <summary>Output <paramref name="index"/>, allocated with this shape.</summary>
    public KernelTensor Output(int index, params ReadOnlySpan<long> shape)
    {
        nint value;
        fixed (long* dimensions = shape)
        {
            NativeApi.Check(NativeApi.KernelContextGetOutput(_context, (nuint)index, dimensions, (nuint)shape.Length, &value));
        }

        void* data;
        NativeApi.Check(NativeApi.GetTensorMutableData(value, &data));
        var held = new TensorShape { Rank = shape.Length };
        shape.CopyTo(held.Storage);
        return new KernelTensor(data, held);
    }

    /// <summary>Runs <paramref name="body"/> for every index below <paramref name="count"/> on the session's intra-op threads, and waits.</summary>
    /// <exception cref="Exception">The first exception that an iteration threw; the others still run.</exception>
    public void ParallelFor<TBody>(int count, TBody body)
        where TBody : unmanaged, IParallelBody
    {
        if (count <= 1)
        {
            if (count == 1)
            {
                body.Invoke(0);
            }

            return;
        }

        var loop = new ParallelLoop { Invoke = &InvokeBody<TBody>, Body = &body };
        var status = NativeApi.KernelContextParallelFor(_context, &RunIteration, (nuint)count, 0, &loop);
        if (loop.Failure != 0)
        {
            var handle = GCHandle.FromIntPtr(loop.Failure);
            var failure = (ExceptionDispatchInfo)handle.Target!;
            handle.Free();
            failure.Throw();
        }

        NativeApi.Check(status);
    }

    private static void InvokeBody<TBody>(void* body, int index)
        where TBody : unmanaged, IParallelBody => ((TBody*)body)->Invoke(index);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void RunIteration(void* state, nuint index)
    {
        var loop = (ParallelLoop*)state;
        try
        {
            loop->Invoke(loop->Body, (int)index);
        }
        catch (Exception exception)
        {
            var handle = GCHandle.Alloc(ExceptionDispatchInfo.Capture(exception));
            if (Interlocked.CompareExchange(ref loop->Failure, GCHandle.ToIntPtr(handle), 0) != 0)
            {
                handle.Free();
            }
        }
    }

    /// <summary>A loop in flight, on the stack of the thread that waits for it.</summary>
    private struct ParallelLoop
    {
        public delegate*<void*, int, void> Invoke;
        public void* Body;

        /// <summary>A GCHandle of the first failure's ExceptionDispatchInfo, or 0.</summary>
        public nint Failure;
    }
}
