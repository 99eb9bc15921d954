using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Scheduling;

public sealed class ForkPointTests
{
    private readonly Sequence _sequence = Make([1, 2, 3, 4, 5], computed: 0);

    [Fact]
    public void Of_NobodyRuns_NothingIsThere() => Assert.Equal(default, ForkPoint.Of(_sequence, []));

    [Theory]
    [InlineData(0, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    public void Of_SamePrompt_IsReadyWhenAllButTheLastTokenIsComputed(int computed, bool isReady)
    {
        var sibling = Make([1, 2, 3, 4, 5], computed);

        var fork = ForkPoint.Of(_sequence, [sibling]);

        Assert.Equal(new ForkPoint(sibling, Math.Min(computed, 4), 4), fork);
        Assert.Equal(isReady, fork.IsReady);
    }

    [Fact]
    public void Of_SeveralSiblings_TakesTheOneWithTheMostInCommonAndOfEqualsTheOneThatHasComputedMost()
    {
        var stranger = Make([9], computed: 1);
        var near = Make([1, 2, 3, 9, 9], computed: 5);
        var late = Make([1, 2, 3, 4, 9], computed: 2);
        var early = Make([1, 2, 3, 4, 8], computed: 3);

        Assert.Equal(new ForkPoint(early, 3, 4), ForkPoint.Of(_sequence, [stranger, near, late, early]));
        Assert.Equal(new ForkPoint(near, 3, 3), ForkPoint.Of(_sequence, [stranger, near]));
        Assert.Equal(default, ForkPoint.Of(_sequence, [stranger]));
    }

    private static Sequence Make(int[] tokens, int computed)
    {
        var sequence = new Sequence(1, TestRequest.Greedy(tokens, maxTokens: 4), maxModelLength: 100, seed: 0, arrival: 0);
        sequence.Admit(computed, knownBlocks: 0);
        return sequence;
    }
}
