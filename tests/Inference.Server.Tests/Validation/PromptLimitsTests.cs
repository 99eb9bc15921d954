using Inference.Engine.Execution;
using Inference.Server.Errors;
using Inference.Server.Validation;

namespace Inference.Server.Tests.Validation;

public sealed class PromptLimitsTests
{
    private static readonly ModelLimits Limits = new(VocabularySize: 100, MaxModelLength: 32, BlockSize: 16, BlockCount: 4);

    [Theory]
    [InlineData(10, null, 16, 16)]
    [InlineData(30, null, 16, 2)]
    [InlineData(10, null, null, 22)]
    [InlineData(10, 5, 16, 5)]
    [InlineData(10, 22, 16, 22)]
    [InlineData(31, 1, null, 1)]
    public void MaxTokens_ThatFit_AreGiven(int prompt, int? asked, int? otherwise, int expected) =>
        Assert.Equal(expected, PromptLimits.MaxTokens(prompt, asked, "max_tokens", otherwise, "prompt", Limits));

    [Theory]
    [InlineData(0, null, "prompt", null)]
    [InlineData(32, null, "prompt", "context_length_exceeded")]
    [InlineData(33, 1, "prompt", "context_length_exceeded")]
    [InlineData(10, 23, "max_tokens", "context_length_exceeded")]
    [InlineData(10, int.MaxValue, "max_tokens", "context_length_exceeded")]
    [InlineData(10, 0, "max_tokens", null)]
    [InlineData(10, -1, "max_tokens", null)]
    public void MaxTokens_ThatDoNotFit_AreRefused(int prompt, int? asked, string param, string? code)
    {
        var exception = Assert.Throws<ApiException>(() => PromptLimits.MaxTokens(prompt, asked, "max_tokens", 16, "prompt", Limits));

        Assert.Equal((400, param, code), (exception.Status, exception.Error.Param, exception.Error.Code));
        Assert.True(code is null || exception.Message.Contains("32", StringComparison.Ordinal), exception.Message);
    }
}
