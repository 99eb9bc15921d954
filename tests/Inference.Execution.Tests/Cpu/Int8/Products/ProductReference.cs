namespace Inference.Execution.Tests.Cpu.Int8.Products;

/// <summary>A product of quantised rows with weights, by definition.</summary>
internal static class ProductReference
{
    /// <summary>[rows, outputs].</summary>
    public static int[] Compute(sbyte[] weights, byte[] activations, int rows, int inputs, int outputs)
    {
        var sums = new int[rows * outputs];
        for (var row = 0; row < rows; row++)
        {
            for (var input = 0; input < inputs; input++)
            {
                for (var output = 0; output < outputs; output++)
                {
                    sums[row * outputs + output] += (activations[row * inputs + input] - 128) * weights[input * outputs + output];
                }
            }
        }

        return sums;
    }
}
