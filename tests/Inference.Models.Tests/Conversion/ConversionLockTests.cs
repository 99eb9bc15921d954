using Inference.Models.Conversion;

namespace Inference.Models.Tests.Conversion;

public sealed class ConversionLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void TryAcquire_Held_GivesNullUntilItIsFree()
    {
        using (ConversionLock.Acquire(_folder["lock"], () => Assert.Fail("nobody holds it"), Cancellation))
        {
            Assert.Null(ConversionLock.TryAcquire(_folder["lock"]));
        }

        using var second = ConversionLock.TryAcquire(_folder["lock"]);
        Assert.NotNull(second);
    }

    [Fact(Timeout = 60_000)]
    public async Task Acquire_Held_WaitsAndSaysSoOnce()
    {
        var held = ConversionLock.TryAcquire(_folder["lock"])!;
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        var second = Task.Run(() => ConversionLock.Acquire(_folder["lock"], waiting.SetResult, Cancellation), Cancellation);
        await waiting.Task.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        await held.DisposeAsync();

        await (await second).DisposeAsync();
    }

    [Fact]
    public async Task Acquire_CancelledWhileWaiting_Stops()
    {
        using var cancellation = new CancellationTokenSource();
        await using var held = ConversionLock.TryAcquire(_folder["lock"]);

        Assert.Throws<OperationCanceledException>(() => ConversionLock.Acquire(_folder["lock"], cancellation.Cancel, cancellation.Token));
    }

    [Fact]
    public void TryAcquire_NoFolder_Throws() =>
        Assert.Throws<DirectoryNotFoundException>(() => ConversionLock.TryAcquire(Path.Combine(_folder["nowhere"], "lock")));
}
