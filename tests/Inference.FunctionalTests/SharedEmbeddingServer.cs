namespace Inference.FunctionalTests;

/// <summary>One server with an embedding model for all tests of a class.</summary>
public sealed class SharedEmbeddingServer : IAsyncLifetime
{
    internal EmbeddingServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await EmbeddingServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
