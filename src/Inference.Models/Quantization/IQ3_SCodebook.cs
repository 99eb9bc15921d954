using System.Buffers.Binary;
using System.Numerics;

namespace Inference.Models.Quantization;

/// <summary>
/// The 512 quadruples that IQ3_S chooses from. The format takes them out of all of odd numbers from 1 to 15, in the order of the numbers
/// whose octal digits are half of them each, the first one lowest; so one bit for each of the 4096 says everything.
/// </summary>
internal static class IQ3_SCodebook
{
    private const string Chosen =
        "p1cjCKUKBZIXI4kiEAAiBKNJIhGkCgAJCCIFShAFgCIBiBIECQIAARQARQiiAEAIQAoAAgAEAAIVAEUIABEAABerBVIAUAIESxECCQIFAEEBpBEECS" +
        "ABBJIJghECAAQBKBQACkQRAAACCQIFAAIAAAAAkQBQAAAACgUCIAIABAGrVYoFKgWAKQWJJBIEAgAAkgAKgQKIABIlAhQKBAFAAIIACSQCAAAkEAIE" +
        "gAEIAAGFAAIAACACACACQAEIAQAABKoEKpQCCAIqEAoAAQABRAEEARQAAQAAAhGKAYogAAgIQgQCAAQRAAIFIAQQQAAIAEAAAAIAAAAKAAUgAAAAAB" +
        "EEkQQCAQABhAoEIQgiAAAKIQIIAYAEARAKBSIAAAAABQAQgAEAAAKgAAIAAAAEAAAIABAAAAEAACEAAQgCAAAEEQQAkQRAECoEAgQAAAAEAQIIQQAI" +
        "AACEAYAAEAIgCBIAAQRAAAAAAARAAAAKAAAAAAAABAAAABQABAAAAAAAACoACgAAAQABAIEAAAAQAAAEABAEIAQBARACAAEAAAAAACAACAAEAAkAAB" +
        "AAAAEAIAAAAAEAAAAACgAAAAAAAJEABUABEAQABAIQACgAAAASQQIBAAIAAAQAACQACAAAIggBAAABAAAAAAQABAAAAAQAAAIAAAAAAQAAAAAAAAA=";

    /// <summary>Four signed bytes each, the first element lowest.</summary>
    public static uint[] Quadruples { get; } = Unpack(Convert.FromBase64String(Chosen));

    private static uint[] Unpack(byte[] chosen)
    {
        var quadruples = new List<uint>(512);
        for (var word = 0; word < chosen.Length / sizeof(ulong); word++)
        {
            var bits = BinaryPrimitives.ReadUInt64LittleEndian(chosen.AsSpan(word * sizeof(ulong)));
            for (; bits != 0; bits &= bits - 1)
            {
                var octal = (uint)((word * 64) + BitOperations.TrailingZeroCount(bits));
                var halves = (octal & 7) | ((octal & 0x38) << 5) | ((octal & 0x1C0) << 10) | ((octal & 0xE00) << 15);
                quadruples.Add(0x0101_0101 + (halves << 1));
            }
        }

        return [.. quadruples];
    }
}
