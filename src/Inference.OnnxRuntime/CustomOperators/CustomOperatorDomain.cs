using System.Runtime.InteropServices;
using Inference.OnnxRuntime.Native;
using Microsoft.ML.OnnxRuntime;

namespace Inference.OnnxRuntime.CustomOperators;

/// <summary>A domain of custom operators. Keep it until the last session that uses it is disposed.</summary>
public sealed unsafe class CustomOperatorDomain : IDisposable
{
    private readonly List<nint> _operators = [];
    private nint _domain;

    /// <summary>Registers operators under a domain name.</summary>
    /// <param name="name">The <c>domain</c> of their nodes.</param>
    /// <param name="operators">At most one per name.</param>
    /// <exception cref="OrtStatusException">ONNX Runtime refused one.</exception>
    public CustomOperatorDomain(string name, params ReadOnlySpan<CustomOperator> operators)
    {
        // The binding creates the environment that the C API needs.
        OrtEnv.Instance();
        var text = (byte*)Marshal.StringToCoTaskMemUTF8(name);
        try
        {
            // ONNX Runtime copies the name.
            nint domain;
            NativeApi.Check(NativeApi.CreateCustomOpDomain(text, &domain));
            _domain = domain;
            foreach (var customOperator in operators)
            {
                Add(customOperator);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)text);
        }
    }

    /// <summary>Makes the operators known to sessions created with these options.</summary>
    public void AddTo(SessionOptions options)
    {
        ObjectDisposedException.ThrowIf(_domain == 0, this);
        NativeApi.Check(NativeApi.AddCustomOpDomain(options.DangerousGetHandle(), _domain));
        GC.KeepAlive(options);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_domain == 0)
        {
            return;
        }

        NativeApi.ReleaseCustomOpDomain(_domain);
        _domain = 0;
        foreach (var op in _operators)
        {
            GCHandle.FromIntPtr(((NativeCustomOp*)op)->Operator).Free();
            Marshal.FreeCoTaskMem((nint)((NativeCustomOp*)op)->Name);
            NativeMemory.Free((void*)op);
        }

        _operators.Clear();
    }

    private void Add(CustomOperator customOperator)
    {
        var op = (NativeCustomOp*)NativeMemory.AllocZeroed((nuint)sizeof(NativeCustomOp));
        _operators.Add((nint)op);
        OperatorCallbacks.Fill(op);
        if (customOperator.MayWorkInPlace)
        {
            OperatorCallbacks.AllowFirstInPlace(op);
        }

        op->Name = (byte*)Marshal.StringToCoTaskMemUTF8(customOperator.Name);
        op->Operator = GCHandle.ToIntPtr(GCHandle.Alloc(customOperator));
        op->InputCount = customOperator.Inputs.Length;
        op->RequiredInputCount = op->InputCount - customOperator.OptionalInputs;
        op->OutputCount = customOperator.Outputs.Length;
        for (var i = 0; i < op->InputCount; i++)
        {
            op->InputTypes[i] = (int)customOperator.Inputs[i];
        }

        for (var i = 0; i < op->OutputCount; i++)
        {
            op->OutputTypes[i] = (int)customOperator.Outputs[i];
        }

        NativeApi.Check(NativeApi.CustomOpDomainAdd(_domain, op));
    }
}
