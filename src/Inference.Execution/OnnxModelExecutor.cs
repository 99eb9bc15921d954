using Inference.Engine.Execution;
using Inference.Execution.Cpu;
using Inference.Execution.Cpu.Int8.Generated;
using Inference.Execution.Cpu.Lora;
using Inference.Execution.Outputs;
using Inference.Execution.Packing;
using Inference.Models;
using Inference.Models.Conversion;
using Inference.Models.GenAi;
using Inference.Models.Graphs;
using Inference.OnnxRuntime.CustomOperators;
using Microsoft.ML.OnnxRuntime;

namespace Inference.Execution;

/// <summary>
/// Runs steps of a converted model on ONNX Runtime's CPU provider: packs the plan, runs the graph once, hands out the logits rows that were asked for.
/// The KV cache is bound once, the small inputs again when their shapes change.
/// </summary>
public sealed class OnnxModelExecutor : IModelExecutor
{
    private readonly LoraStep? _lora;
    private readonly CustomOperatorDomain? _loraDomain;
    private readonly SessionOptions _sessionOptions;
    private readonly InferenceSession _session;
    private readonly RunOptions _runOptions = new();
    private readonly OrtIoBinding _binding;
    private readonly KvCache _cache;
    private readonly PackedStep _step = new();
    private readonly LogitsOutput _output;

    private OnnxModelExecutor(
        ModelShape shape,
        KvCacheDType cache,
        ExecutorOptions options,
        Func<SessionOptions, InferenceSession> open,
        Func<InferenceSession, LogitsOutput> output,
        bool takesAdapters = false)
    {
        _sessionOptions = CreateSessionOptions(options);
        if (takesAdapters)
        {
            _lora = new LoraStep();
            _loraDomain = new CustomOperatorDomain(GraphContract.LoraDomain, new LoraOperator(_lora));
            _loraDomain.AddTo(_sessionOptions);
        }

        _session = open(_sessionOptions);
        _binding = _session.CreateIoBinding();
        _output = output(_session);
        _cache = new KvCache(shape, cache, options.BlockSize, options.BlockCount);
        _cache.BindTo(_binding);
        Limits = new ModelLimits(shape.VocabularySize, options.MaxModelLength, options.BlockSize, options.BlockCount);
    }

    /// <inheritdoc/>
    public ModelLimits Limits { get; }

    /// <summary>Loads a converted model and allocates its KV cache.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime cannot load the converted model.</exception>
    public static OnnxModelExecutor Load(ConvertedModel model, ExecutorOptions options) => Load(
        model.Spec.Shape,
        options,
        model.ModelPath,
        () => new OnnxModelExecutor(
            model.Spec.Shape,
            model.KvCacheDType,
            options,
            session => Open(model, session),
            session => model.DType == ModelDType.Int8
                ? new Int8LogitsOutput(model.ReadHeadScales(), session.InputMetadata.ContainsKey(GraphContract.LogitsWanted))
                : new FloatLogitsOutput(model.Spec.VocabularySize),
            model.TakesAdapters));

    /// <summary>Loads a rewritten package and allocates its KV cache.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    /// <exception cref="ModelFormatException">ONNX Runtime cannot load the package's graph.</exception>
    public static OnnxModelExecutor Load(PagedPackage package, ExecutorOptions options) => Load(
        package.Shape,
        options,
        package.WeightsFolder,
        () => new OnnxModelExecutor(
            package.Shape,
            KvCacheDType.Float32,
            options,
            session => Open(package.Graph.ToArray(), package.WeightsFolder, session),
            _ => new FloatLogitsOutput(package.Shape.VocabularySize)));

    private static OnnxModelExecutor Load(ModelShape shape, ExecutorOptions options, string path, Func<OnnxModelExecutor> load)
    {
        options.Validate();
        if (options.MaxModelLength > shape.MaxPositions)
        {
            throw new ArgumentException($"--max-model-len is {options.MaxModelLength}; the model was made for {shape.MaxPositions} tokens at most.");
        }

        try
        {
            return load();
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ModelFormatException($"{path}: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }
    }

    /// <inheritdoc/>
    /// <remarks>Computes on the calling thread and ONNX Runtime's own; the task is complete when the method returns. A step is not interrupted once begun.</remarks>
    public ValueTask<StepResult> ExecuteAsync(StepPlan plan, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _step.Pack(plan);
        CheckTokens(plan.TokenIds.Span);
        PrepareAdapters(plan);
        CopyBlocks(plan.Copies.Span);
        _step.BindTo(_binding);
        _output.Prepare(_binding, plan);
        try
        {
            _session.RunWithBinding(_runOptions, _binding);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ExecutionException($"Step {plan.StepIndex} failed: {exception.Message.ReplaceLineEndings(" ")}", exception);
        }

        return ValueTask.FromResult(_output.Result);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _binding.Dispose();
        _session.Dispose();
        _cache.Dispose();
        _step.Dispose();
        _output.Dispose();
        _runOptions.Dispose();
        _sessionOptions.Dispose();
        _loraDomain?.Dispose();
        return ValueTask.CompletedTask;
    }

    // Where the processor multiplies matrices itself, ONNX Runtime makes it do so; elsewhere our products are the faster ones, and exact
    // on processors where its own are not.
    private static InferenceSession Open(ConvertedModel model, SessionOptions options)
    {
        if (model.DType != ModelDType.Int8 || ProcessorFeatures.HasAmxInt8)
        {
            return new InferenceSession(model.ModelPath, options);
        }

        return Open(PackedProducts.Read(model.ModelPath, fuse: VnniPanelCode.IsSupported), Path.GetDirectoryName(Path.GetFullPath(model.ModelPath))!, options);
    }

    private static InferenceSession Open(byte[] graph, string weightsFolder, SessionOptions options)
    {
        options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", weightsFolder);
        return new InferenceSession(graph, options);
    }

    private static SessionOptions CreateSessionOptions(ExecutorOptions options)
    {
        var threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        var session = new SessionOptions
        {
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            IntraOpNumThreads = threads,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        if (options.SharesCores)
        {
            session.AddSessionConfigEntry("session.force_spinning_stop", "1");
        }

        CpuOperators.For(threads).AddTo(session);
        return session;
    }

    private void PrepareAdapters(StepPlan plan)
    {
        if (_lora is not null)
        {
            _lora.Prepare(plan);
            return;
        }

        foreach (ref readonly var sequence in plan.Sequences.Span)
        {
            if (sequence.Adapter is not null)
            {
                throw new ExecutionException($"Step {plan.StepIndex} has an adapter; the model was converted without room for any.");
            }
        }
    }

    private void CopyBlocks(ReadOnlySpan<BlockCopy> copies)
    {
        foreach (var (source, destination) in copies)
        {
            if ((uint)source >= (uint)Limits.BlockCount || (uint)destination >= (uint)Limits.BlockCount)
            {
                throw new ExecutionException($"Block {source} cannot be copied to {destination}: the cache has {Limits.BlockCount} blocks.");
            }

            _cache.Copy(source, destination);
        }
    }

    // An id outside the vocabulary would fail in the graph's first Gather; say it in the plan's terms.
    private void CheckTokens(ReadOnlySpan<int> tokenIds)
    {
        foreach (var token in tokenIds)
        {
            if ((uint)token >= (uint)Limits.VocabularySize)
            {
                throw new ExecutionException($"Token {token} is outside the vocabulary of {Limits.VocabularySize}.");
            }
        }
    }
}
