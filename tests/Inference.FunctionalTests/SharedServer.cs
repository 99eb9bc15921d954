namespace Inference.FunctionalTests;

/// <summary>One server for all tests of a class, which must leave it as they found it.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    internal RunningServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await RunningServer.StartAsync();

    public async ValueTask DisposeAsync()
    {
        await Server.IdleAsync();
        await Server.DisposeAsync();
    }
}
