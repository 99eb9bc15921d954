namespace Inference.Execution.Cpu;

/// <summary>Checks of what a graph hands to an operator: wrong shapes must become an error, not a write outside a tensor.</summary>
internal static class Arguments
{
    /// <summary>Throws unless the condition holds.</summary>
    /// <exception cref="ArgumentException">With the message.</exception>
    public static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new ArgumentException(otherwise);
        }
    }
}
