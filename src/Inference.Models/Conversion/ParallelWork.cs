using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Inference.Models.Conversion;

/// <summary>Work on many items by all cores.</summary>
internal static class ParallelWork
{
    /// <summary>
    /// Starts the items in their order, which keeps reading and writing nearly sequential. The first exception is thrown as it is.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled; no item is running any more.</exception>
    public static void ForEach<T>(IEnumerable<T> items, Action<T> work, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        try
        {
            Parallel.ForEach(Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering), options, work);
        }
        catch (AggregateException exception)
        {
            ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
        }
    }
}
