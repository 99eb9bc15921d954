using Inference.Traces;

namespace Inference.Simulation.Tests.Traces;

public sealed class TraceRequestTests
{
    private const int Vocabulary = 1000;

    [Fact]
    public void Prompt_SamePrefixIds_SameTokensUpToTheFirstOther()
    {
        var one = Request(1024, 3, 4).Prompt(identity: 0, Vocabulary);
        var other = Request(1030, 3, 5, 6).Prompt(identity: 1, Vocabulary);

        Assert.Equal((1024, 1030), (one.Length, other.Length));
        Assert.Equal(one[..512], other[..512]);
        Assert.NotEqual(one[512..1024], other[512..1024]);
        Assert.All(one, token => Assert.InRange(token, 0, Vocabulary - 1));
    }

    [Fact]
    public void Prompt_WithoutPrefixIds_IsTheIdentitys()
    {
        var request = Request(600);

        Assert.Equal(request.Prompt(5, Vocabulary), request.Prompt(5, Vocabulary));
        Assert.NotEqual(request.Prompt(5, Vocabulary)[..16], request.Prompt(6, Vocabulary)[..16]);
        Assert.NotEqual(request.Prompt(5, Vocabulary)[..88], request.Prompt(5, Vocabulary)[512..]);
    }

    private static TraceRequest Request(int length, params long[] ids) => new(TimeSpan.Zero, length, 1, [.. ids]);
}
