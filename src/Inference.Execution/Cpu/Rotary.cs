using System.Numerics;

namespace Inference.Execution.Cpu;

/// <summary>
/// Rotary position embedding over halves: pairs are (i, i + head size / 2) (RoFormer, section 3.2.2, in the layout of Hugging Face
/// checkpoints).
/// </summary>
internal static unsafe class Rotary
{
    /// <summary>Rotates one head and multiplies it by <paramref name="scale"/>.</summary>
    /// <param name="source">[2 * half].</param>
    /// <param name="cos">[half], of the token's position.</param>
    /// <param name="sin">[half], of the token's position.</param>
    /// <param name="destination">[2 * half]; may not overlap the source.</param>
    /// <param name="half">Half the head size.</param>
    /// <param name="scale">1 leaves the length alone.</param>
    public static void Apply(float* source, float* cos, float* sin, float* destination, int half, float scale)
    {
        var i = 0;
        for (; i <= half - Vector<float>.Count; i += Vector<float>.Count)
        {
            var x = Vector.Load(source + i);
            var y = Vector.Load(source + half + i);
            var c = Vector.Load(cos + i);
            var s = Vector.Load(sin + i);
            ((x * c - y * s) * scale).Store(destination + i);
            ((y * c + x * s) * scale).Store(destination + half + i);
        }

        for (; i < half; i++)
        {
            var x = source[i];
            var y = source[half + i];
            destination[i] = (x * cos[i] - y * sin[i]) * scale;
            destination[half + i] = (y * cos[i] + x * sin[i]) * scale;
        }
    }
}
