using Inference.Engine.Scheduling;

namespace Inference.Engine.Tests.Scheduling;

public sealed class SchedulerOptionsTests
{
    [Fact]
    public void Validate_Defaults_Pass() => new SchedulerOptions().Validate();

    [Theory]
    [InlineData(0, 512, 1, "max_num_seqs must be at least 1, not 0.")]
    [InlineData(-5, 512, 1, "max_num_seqs must be at least 1, not -5.")]
    [InlineData(1, 512, 0, "max_queue_length must be at least 1, not 0.")]
    [InlineData(16, 15, 1, "max_num_batched_tokens (15) must be at least max_num_seqs (16)")]
    [InlineData(1, -1, 1, "max_num_batched_tokens (-1) must be at least max_num_seqs (1)")]
    public void Validate_OutOfRange_NamesTheOptionAndTheValue(int maxNumSeqs, int maxNumBatchedTokens, int maxQueueLength, string message)
    {
        var options = new SchedulerOptions
        {
            MaxNumSeqs = maxNumSeqs,
            MaxNumBatchedTokens = maxNumBatchedTokens,
            MaxQueueLength = maxQueueLength,
        };

        Assert.StartsWith(message, Assert.Throws<ArgumentException>(options.Validate).Message, StringComparison.Ordinal);
    }
}
