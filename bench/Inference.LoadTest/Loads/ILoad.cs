using Inference.LoadTest.Runs;

namespace Inference.LoadTest.Loads;

/// <summary>When requests are sent.</summary>
internal interface ILoad
{
    /// <summary>Sends until there are no more or it is to stop, and waits for all that were sent.</summary>
    Task RunAsync(Dispatcher dispatcher, RunClock clock, CancellationToken stop);
}
