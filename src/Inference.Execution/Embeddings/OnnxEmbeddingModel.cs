using System.Numerics.Tensors;
using Inference.Engine.Execution;
using Inference.Models;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Inference.Execution.Embeddings;

/// <summary>
/// An encoder in ONNX on the CPU provider: inputs [1, tokens], output [1, tokens, width]. Texts run one at a time: where activations are
/// quantised by the tensor, a text's numbers would depend on what shares its batch, and padding would be computed for nothing.
/// </summary>
public sealed class OnnxEmbeddingModel : IEmbeddingModel
{
    private const string InputIds = "input_ids";
    private const string AttentionMask = "attention_mask";
    private const string TokenTypeIds = "token_type_ids";
    private const string PositionIds = "position_ids";

    private readonly SessionOptions _sessionOptions;
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly EmbeddingSpec _spec;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    private OnnxEmbeddingModel(EmbeddingSpec spec, int threads, bool sharesCores)
    {
        _spec = spec;
        _sessionOptions = CreateSessionOptions(threads, sharesCores);
        try
        {
            _session = new InferenceSession(spec.ModelPath, _sessionOptions);
            _inputs = [.. _session.InputMetadata.Keys];
            CheckInputs();
            var (name, width) = FindOutput();
            (_outputs, Dimensions) = ([name], width);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Dimensions { get; }

    /// <inheritdoc/>
    public int MaxLength => _spec.MaxLength;

    /// <summary>Loads the model.</summary>
    /// <param name="spec">From <see cref="EmbeddingFolder.Read"/>.</param>
    /// <param name="threads">Threads that compute, the calling one included; 0 takes one per processor.</param>
    /// <param name="sharesCores">As <see cref="ExecutorOptions.SharesCores"/>.</param>
    /// <exception cref="ModelFormatException">ONNX Runtime cannot load it, or it has other inputs and outputs than an encoder.</exception>
    public static OnnxEmbeddingModel Load(EmbeddingSpec spec, int threads, bool sharesCores)
    {
        try
        {
            return new OnnxEmbeddingModel(spec, threads, sharesCores);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ModelFormatException($"{spec.ModelPath}: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    /// <inheritdoc/>
    public float[] Embed(ReadOnlySpan<int> tokenIds)
    {
        var inputs = new OrtValue[_inputs.Length];
        try
        {
            for (var i = 0; i < inputs.Length; i++)
            {
                inputs[i] = OrtValue.CreateTensorValueFromMemory(Values(_inputs[i], tokenIds), [1, tokenIds.Length]);
            }

            using var outputs = _session.Run(_runOptions, _inputs, inputs, _outputs);
            return Finish(outputs[0].GetTensorDataAsSpan<float>(), tokenIds.Length);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ExecutionException($"A text of {tokenIds.Length} tokens failed: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
        finally
        {
            foreach (var input in inputs)
            {
                input?.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _session?.Dispose();
        _runOptions.Dispose();
        _sessionOptions.Dispose();
    }

    private static SessionOptions CreateSessionOptions(int threads, bool sharesCores)
    {
        var options = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads == 0 ? Environment.ProcessorCount : threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (sharesCores)
        {
            options.AddSessionConfigEntry("session.force_spinning_stop", "1");
        }

        return options;
    }

    private static long[] Values(string input, ReadOnlySpan<int> tokenIds)
    {
        var values = new long[tokenIds.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = input switch
            {
                InputIds => tokenIds[i],
                AttentionMask => 1,
                PositionIds => i,
                _ => 0,
            };
        }

        return values;
    }

    private float[] Finish(ReadOnlySpan<float> states, int tokens)
    {
        var vector = Pooled.Of(states, tokens, Dimensions, _spec.Pooling);
        if (_spec.IsNormalized)
        {
            Pooled.Normalize(vector);
        }

        return float.IsFinite(TensorPrimitives.SumOfMagnitudes<float>(vector)) ? vector : throw new ExecutionException($"A text of {tokens} tokens gave a vector that is not finite.");
    }

    private void CheckInputs()
    {
        foreach (var (name, input) in _session.InputMetadata)
        {
            if (name is not (InputIds or AttentionMask or TokenTypeIds or PositionIds) || input.ElementDataType != TensorElementType.Int64)
            {
                throw new ModelFormatException(
                    $"{_spec.ModelPath}: the input '{name}' ({input.ElementDataType}) is not supported; an encoder has {InputIds}, {AttentionMask} and {TokenTypeIds} of Int64");
            }
        }
    }

    private (string Name, int Width) FindOutput()
    {
        foreach (var (name, output) in _session.OutputMetadata)
        {
            if (output is { ElementDataType: TensorElementType.Float, Dimensions: [_, _, var width and > 0] })
            {
                return (name, width);
            }
        }

        throw new ModelFormatException($"{_spec.ModelPath}: no output has the shape of an encoder's, [batch, tokens, width]");
    }
}
