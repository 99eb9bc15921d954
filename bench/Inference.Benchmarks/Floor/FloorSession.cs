using Inference.Models.Conversion;
using Microsoft.ML.OnnxRuntime;

namespace Inference.Benchmarks.Floor;

/// <summary>Runs the products of a step and nothing else.</summary>
internal sealed class FloorSession : IDisposable
{
    private readonly SessionOptions _options = new() { GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL };
    private readonly RunOptions _run = new();
    private readonly InferenceSession _session;
    private readonly IReadOnlyDictionary<string, long> _inputs;

    public FloorSession(ConvertedModel model, int threads)
    {
        (var graph, _inputs) = FloorGraph.Read(model.ModelPath);
        _options.IntraOpNumThreads = threads;
        _options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(model.ModelPath)!);
        _session = new InferenceSession(graph, _options);
    }

    /// <summary>Makes a step's inputs; running it is what is to be timed.</summary>
    /// <param name="rows">Tokens in the step.</param>
    /// <param name="headRows">Rows of logits.</param>
    public Action Prepare(int rows, int headRows)
    {
        var binding = _session.CreateIoBinding();
        foreach (var (name, width) in _inputs)
        {
            var count = name == FloorGraph.HeadRows(width) ? headRows : rows;
            var values = new byte[count * width];
            new Random(17).NextBytes(values);
            binding.BindInput(name, OrtValue.CreateTensorValueFromMemory(values, [count, width]));
        }

        binding.BindOutputToDevice(_session.OutputNames[0], OrtMemoryInfo.DefaultInstance);
        return () => _session.RunWithBinding(_run, binding);
    }

    public void Dispose()
    {
        _session.Dispose();
        _run.Dispose();
        _options.Dispose();
    }
}
