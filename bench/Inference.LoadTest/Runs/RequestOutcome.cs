namespace Inference.LoadTest.Runs;

/// <summary>How a request ended. Latencies are those of <see cref="Completed"/> alone.</summary>
internal enum RequestOutcome
{
    /// <summary>The whole answer came.</summary>
    Completed,

    /// <summary>The server refused it, broke it off or sent something else, or could not be reached.</summary>
    Failed,

    /// <summary>The client went away on purpose (<c>--cancel-rate</c>).</summary>
    Cancelled,

    /// <summary>It was still running when the run's time and grace were over.</summary>
    Incomplete,
}
