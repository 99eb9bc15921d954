using CsCheck;
using Inference.Engine.Sampling;

namespace Inference.Engine.Tests.Sampling;

public sealed class LogitsRowTests
{
    private static readonly Gen<float> Logits = Gen.Frequency((10, Gen.Float[-60, 5]), (1, Gen.OneOf(float.NegativeInfinity, -3e38f, 5f, -5000f)));

    [Fact]
    public void Exponentiate_AnyRow_IsTheExponentialAndItsSums()
    {
        Gen.Select(Logits.Array[1, 1400], Gen.OneOf(0.3f, 1f, 2.5f)).Sample((logits, temperature) =>
        {
            var max = logits.Max();
            if (max == float.NegativeInfinity)
                return;

            var weights = new float[logits.Length];
            var sums = new double[(logits.Length + LogitsRow.SumBlock - 1) / LogitsRow.SumBlock];
            var total = LogitsRow.Exponentiate(logits, max, temperature, weights, sums);

            for (var i = 0; i < logits.Length; i++)
            {
                var exact = Math.Exp(((double)logits[i] - max) / temperature);
                Assert.InRange(weights[i], exact < 1.5e-38 ? 0 : exact * (1 - 1e-5), exact * (1 + 1e-5));
                if (logits[i] == max)
                    Assert.Equal(1, weights[i]);
            }

            Assert.Equal(weights.Sum(weight => (double)weight), total, 1e-9);
            Assert.Equal(weights.Chunk(LogitsRow.SumBlock).Select(block => block.Sum(weight => (double)weight)), sums, (a, b) => Math.Abs(a - b) < 1e-9);
        });
    }

    [Fact]
    public void MaskTokens_AnyRow_KeepsThoseWithABit()
    {
        Gen.Select(Logits.Array[1, 300], Gen.OneOf(Gen.UInt, Gen.Const(0u), Gen.Const(uint.MaxValue)).Array[10]).Sample((logits, mask) =>
        {
            var expected = logits.Select((logit, i) => (mask[i / 32] >> (i % 32) & 1) == 1 ? logit : float.NegativeInfinity).ToArray();
            LogitsRow.MaskTokens(logits, mask);
            Assert.Equal(expected, logits);
        });
    }

    [Fact]
    public void SumAbove_AnyRow_SumsWhatRanksAbove()
    {
        // Multiples of 1/16: many are equal, and sums are exact.
        Gen.Select(Gen.Int[0, 40].Array[1, 1400], Gen.Int[0, 1399]).Sample((sixteenths, place) =>
        {
            float[] weights = [.. sixteenths.Select(value => value / 16f)];
            var token = place % weights.Length;
            if (weights[token] == 0)
                return;

            var sums = new double[(weights.Length + LogitsRow.SumBlock - 1) / LogitsRow.SumBlock];
            var total = LogitsRow.SumAbove(weights, token, sums);

            var above = weights.Select((weight, i) => RankedToken.Pack(weight, i) > RankedToken.Pack(weights[token], token) ? weight : 0.0);
            Assert.Equal(above.Chunk(LogitsRow.SumBlock).Select(block => block.Sum()), sums);
            Assert.Equal(sums.Sum(), total);
        });
    }
}
