using System.Threading.Channels;
using Inference.Engine.Requests;

namespace Inference.Engine.Tests;

public sealed class RequestStreamTests
{
    [Fact]
    public void Cancel_Again_SendsOneCommandOnly()
    {
        // One per request is what bounds the command channel.
        var ended = new List<(long, FinishReason)>();
        var stream = new RequestStream(7, [Channel.CreateUnbounded<TokenEvent>().Reader], (id, reason) => ended.Add((id, reason)));

        stream.Cancel();
        stream.Cancel();
        stream.Stop();

        Assert.Equal([(7L, FinishReason.Cancelled)], ended);
    }
}
