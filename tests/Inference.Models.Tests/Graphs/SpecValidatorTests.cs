using Inference.Models.Graphs;

namespace Inference.Models.Tests.Graphs;

public sealed class SpecValidatorTests
{
    public static TheoryData<DecoderSpec, string> WrongSpecs { get; } = new()
    {
        { TinyModel.Spec with { VocabularySize = 0 }, "vocabulary size 0 is not between 1 and 16777216" },
        { TinyModel.Spec with { HiddenSize = int.MaxValue }, "hidden size 2147483647 is not between 1 and 16777216" },
        { TinyModel.Spec with { LayerCount = -1 }, "layer count -1 is not between 1 and 65536" },
        { TinyModel.Spec with { MaxPositions = int.MaxValue }, "maximum positions 2147483647 is not between 1 and 4194304" },
        { TinyModel.Spec with { Mlp = new MlpSpec { IntermediateSize = 0 } }, "intermediate size 0 is not between 1 and 16777216" },
        { WithAttention(attention => attention with { HeadCount = 0 }), "head count 0 is not between 1 and 65536" },
        { WithAttention(attention => attention with { KvHeadCount = 0 }), "key and value head count 0 is not between 1 and 4" },
        { WithAttention(attention => attention with { KvHeadCount = 8 }), "key and value head count 8 is not between 1 and 4" },
        { WithAttention(attention => attention with { KvHeadCount = 3 }), "4 query heads are no multiple of 3 key and value heads" },
        { WithAttention(attention => attention with { HeadSize = 3 }), "head size 3 is odd; rotary positions turn pairs" },
        { WithAttention(attention => attention with { HeadCount = 65536, KvHeadCount = 1, HeadSize = 65536 }), "query heads times head size is too large" },
        { WithAttention(attention => attention with { Scale = float.NaN }), "attention scale NaN is not positive" },
        { WithAttention(attention => attention with { RotaryTheta = 0 }), "rotary theta 0 is not positive" },
        { TinyModel.Spec with { NormEpsilon = -1 }, "norm epsilon -1 is negative or not a number" },
    };

    [Theory]
    [MemberData(nameof(WrongSpecs))]
    public void Validate_WrongValue_NamesIt(DecoderSpec spec, string message)
    {
        var exception = Assert.Throws<ModelFormatException>(() => SpecValidator.Validate(spec));

        Assert.Equal("the model's configuration is wrong: " + message, exception.Message);
    }

    [Fact]
    public void Validate_GoodSpec_Passes() => SpecValidator.Validate(TinyModel.SpecWithEverything);

    private static DecoderSpec WithAttention(Func<AttentionSpec, AttentionSpec> change) =>
        TinyModel.Spec with { Attention = change(TinyModel.Spec.Attention) };
}
