using System.Collections.Concurrent;
using System.Reflection;
using Xunit.v3;

[assembly: Inference.Testing.TestLimit]

namespace Inference.Testing;

/// <summary>
/// A test that takes longer than ten minutes is cancelled through <see cref="ITestContext.CancellationToken"/>, which every wait of a
/// test listens to, so that it fails by its name and a run always ends. Compiled into each test assembly. The long soaks have no limit.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class TestLimitAttribute : BeforeAfterTestAttribute
{
    private static readonly TimeSpan Limit =
        Environment.GetEnvironmentVariable("INFERENCE_SOAK") == "1" ? Timeout.InfiniteTimeSpan : TimeSpan.FromMinutes(10);

    // One attribute serves all tests of the assembly, several at a time.
    private readonly ConcurrentDictionary<string, Timer> _timers = new();

    public override void Before(MethodInfo methodUnderTest, IXunitTest test)
    {
        var context = TestContext.Current;
        _timers[test.UniqueID] = new Timer(_ => context.CancelCurrentTest(), null, Limit, Timeout.InfiniteTimeSpan);
    }

    public override void After(MethodInfo methodUnderTest, IXunitTest test)
    {
        if (_timers.TryRemove(test.UniqueID, out var timer))
        {
            timer.Dispose();
        }
    }
}
