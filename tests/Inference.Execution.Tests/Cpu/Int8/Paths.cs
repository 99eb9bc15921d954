using Inference.Execution.Cpu.Int8;

namespace Inference.Execution.Tests.Cpu.Int8;

/// <summary>The implementations of a kernel that this machine can run.</summary>
internal static class Paths
{
    public static IEnumerable<(string Name, TDelegate Run)> Supported<TDelegate>(TDelegate lanes512, TDelegate lanes256, TDelegate lanes128)
    {
        if (Lanes512.IsSupported)
        {
            yield return (nameof(Lanes512), lanes512);
        }

        if (Lanes256.IsSupported)
        {
            yield return (nameof(Lanes256), lanes256);
        }

        yield return (nameof(Lanes128), lanes128);
    }

    /// <summary>Asserts the same bits; all NaN count as one.</summary>
    public static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string context)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (!expected[i].Equals(actual[i]) || (expected[i] == 0 && float.IsNegative(expected[i]) != float.IsNegative(actual[i])))
            {
                Assert.Fail($"{context}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
            }
        }
    }
}
