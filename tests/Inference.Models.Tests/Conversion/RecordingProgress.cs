using Inference.Models.Conversion;

namespace Inference.Models.Tests.Conversion;

/// <summary>Keeps every report.</summary>
internal sealed class RecordingProgress : IProgress<ConversionProgress>
{
    private readonly List<ConversionProgress> _reports = [];

    public IReadOnlyList<ConversionProgress> All => _reports;

    /// <summary>Called with each report, on the thread that makes it.</summary>
    public Action<ConversionProgress>? OnReport { get; init; }

    public void Report(ConversionProgress value)
    {
        _reports.Add(value);
        OnReport?.Invoke(value);
    }
}
