using System.Threading.Channels;
using Inference.Engine.Requests;

namespace Inference.Engine.Tests;

public sealed class RequestStreamTests
{
    [Fact]
    public void Cancel_Again_SendsOneCommandOnly()
    {
        // One per request is what bounds the command channel.
        var cancelled = new List<long>();
        var stream = new RequestStream(7, [Channel.CreateUnbounded<TokenEvent>().Reader], cancelled.Add);

        stream.Cancel();
        stream.Cancel();

        Assert.Equal([7L], cancelled);
    }
}
