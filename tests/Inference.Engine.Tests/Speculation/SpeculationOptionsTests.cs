using Inference.Engine.Scheduling;
using Inference.Engine.Speculation;

namespace Inference.Engine.Tests.Speculation;

public sealed class SpeculationOptionsTests
{
    [Theory]
    [InlineData(0, 4, 2, 16, "num_speculative_tokens must be from 1 to 64, not 0.")]
    [InlineData(65, 4, 2, 16, "num_speculative_tokens must be from 1 to 64, not 65.")]
    [InlineData(5, 33, 2, 16, "prompt_lookup_max must be from 1 to 32, not 33.")]
    [InlineData(5, 4, 0, 16, "prompt_lookup_min must be from 1 to prompt_lookup_max (4), not 0.")]
    [InlineData(5, 4, 5, 16, "prompt_lookup_min must be from 1 to prompt_lookup_max (4), not 5.")]
    [InlineData(5, 4, 2, 1, "max_step_tokens must be at least 2, not 1.")]
    public void Validate_OutOfRange_NamesOptionAndValue(int count, int max, int min, int step, string message)
    {
        var options = new SpeculationOptions { NumSpeculativeTokens = count, PromptLookupMax = max, PromptLookupMin = min, MaxStepTokens = step };

        Assert.Equal(message, Assert.Throws<ArgumentException>(new SchedulerOptions { Speculation = options }.Validate).Message);
    }

    [Fact]
    public void Validate_Defaults_Pass() => new SpeculationOptions().Validate();
}
