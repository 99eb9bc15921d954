namespace Inference.Models.Conversion;

/// <summary>Adds up the bytes that several threads have done and reports about every hundredth of the total, in rising order.</summary>
internal sealed class ProgressCounter(ConversionStage stage, long total, IProgress<ConversionProgress>? progress)
{
    private const int Reports = 100;

    // Reporting under the lock is what keeps the order.
    private readonly Lock _lock = new();
    private long _done;
    private long _reported = -1;

    public void Add(long bytes)
    {
        lock (_lock)
        {
            _done += bytes;
            var report = total == 0 ? Reports : (long)((double)_done / total * Reports);
            if (report > _reported)
            {
                _reported = report;
                progress?.Report(new ConversionProgress(stage, _done, total));
            }
        }
    }
}
