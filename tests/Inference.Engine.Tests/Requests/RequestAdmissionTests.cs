using System.Collections.Frozen;
using Inference.Engine.Execution;
using Inference.Engine.Requests;
using Inference.Engine.Scheduling;
using Inference.Testing;

namespace Inference.Engine.Tests.Requests;

public sealed class RequestAdmissionTests
{
    private static readonly ModelLimits Limits = new(VocabularySize: 97, MaxModelLength: 20, BlockSize: 4, BlockCount: 10);

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    public void Refusal_RoomForOneMoreToken_IsNull(int promptLength)
    {
        Assert.Null(RequestAdmission.Refusal(TestRequest.Greedy(promptLength, int.MaxValue), Limits, new SchedulerOptions()));
    }

    [Fact]
    public void Refusal_PromptFillsTheModel_SaysWhatIsAllowed()
    {
        Assert.Equal(
            "The prompt has 20 tokens; with one token of output, this model's maximum length allows at most 19.",
            RequestAdmission.Refusal(TestRequest.Greedy(20, 1), Limits, new SchedulerOptions()));
    }

    [Fact]
    public void Refusal_PromptFillsTheCache_SaysWhatIsAllowed()
    {
        Assert.Equal(
            "The prompt has 12 tokens; with one token of output, this server's KV cache allows at most 11.",
            RequestAdmission.Refusal(TestRequest.Greedy(12, 1), Limits with { BlockCount = 3 }, new SchedulerOptions()));
    }

    [Theory]
    [InlineData(97)]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void Refusal_TokenOutsideTheVocabulary_NamesIt(int tokenId)
    {
        Assert.Equal(
            $"The prompt holds token id {tokenId}, outside the vocabulary of 97.",
            RequestAdmission.Refusal(TestRequest.Greedy([1, tokenId, 2], 1), Limits, new SchedulerOptions()));

        var bias = new Dictionary<int, float> { [3] = 1, [tokenId] = 1 }.ToFrozenDictionary();
        var request = TestRequest.Greedy([1], 1) with { Sampling = new SamplingParameters { LogitBias = bias } };
        Assert.Equal($"logit_bias names token id {tokenId}, outside the vocabulary of 97.", RequestAdmission.Refusal(request, Limits, new SchedulerOptions()));
    }

    [Fact]
    public void Refusal_NothingToDo_SaysSo()
    {
        Assert.Equal("The prompt is empty: at least one token is needed.", RequestAdmission.Refusal(TestRequest.Greedy([], 1), Limits, new SchedulerOptions()));
        Assert.Equal("max_tokens must be at least 1, not 0.", RequestAdmission.Refusal(TestRequest.Greedy([1], 0), Limits, new SchedulerOptions()));
    }
}
