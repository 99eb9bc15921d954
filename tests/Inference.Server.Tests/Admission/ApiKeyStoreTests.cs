using Inference.Server.Admission;
using Inference.Server.Options;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Inference.Server.Tests.Admission;

public sealed class ApiKeyStoreTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void File_GoesAway_TheKeysStayUntilThereAreOthers()
    {
        File.WriteAllText(_path, "first-key\n");
        using var store = new ApiKeyStore(new ServerOptions { ApiKeys = ["fixed-key"], ApiKeyFile = _path }, _time, NullLogger<ApiKeyStore>.Instance);

        File.Delete(_path);
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.NotNull(store.Find("first-key"));

        File.WriteAllText(_path, "the-second-key\n");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(store.Find("first-key"));
        Assert.NotNull(store.Find("the-second-key"));
        Assert.NotNull(store.Find("fixed-key"));

        File.WriteAllText(_path, "");
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(store.Find("the-second-key"));
        Assert.False(store.IsOpen);
    }

    public void Dispose() => File.Delete(_path);
}
