using Inference.Engine.Execution;
using Inference.Server.Hosting;

namespace Inference.Server.Tests.Hosting;

public sealed class ReadyMessageTests
{
    [Fact]
    public void CacheSize_OfLimits_IsInTokensAndInLongestRequests() => Assert.Equal(
        "KV cache: 45,056 tokens, 5.5 requests of 8,192 at once",
        ReadyMessage.CacheSize(new ModelLimits(VocabularySize: 100, MaxModelLength: 8192, BlockSize: 16, BlockCount: 2816)));
}
