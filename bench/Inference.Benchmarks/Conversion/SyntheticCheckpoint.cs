using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Inference.Models.Checkpoints;

namespace Inference.Benchmarks.Conversion;

/// <summary>
/// A llama of a billion parameters with random weights, bfloat16, as a publisher would store it: config.json and model.safetensors.
/// </summary>
internal static class SyntheticCheckpoint
{
    private const string Config = """
        {
          "architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": 32000, "hidden_size": 2048, "num_hidden_layers": 16,
          "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64, "intermediate_size": 8192, "hidden_act": "silu",
          "max_position_embeddings": 8192, "rms_norm_eps": 1e-5, "rope_theta": 500000.0, "tie_word_embeddings": true
        }
        """;

    private const int PieceLength = 4 << 20;

    /// <summary>Writes it into a folder.</summary>
    public static void Write(string folder)
    {
        var config = Path.Combine(folder, "config.json");
        File.WriteAllText(config, Config);
        var (header, length) = Header(ConfigSpecReader.Read(config));
        using var file = File.Create(Path.Combine(folder, "model.safetensors"));
        Span<byte> headerLength = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(headerLength, header.Length);
        file.Write(headerLength);
        file.Write(header);
        var piece = RandomPiece();
        for (; length > 0; length -= piece.Length)
        {
            file.Write(piece.AsSpan(0, (int)Math.Min(length, piece.Length)));
        }

        file.Flush(flushToDisk: true);
    }

    private static (byte[] Header, long Length) Header(Models.DecoderSpec spec)
    {
        var (entries, end) = (new List<string>(), 0L);
        foreach (var (name, shape) in RequiredWeights.Of(spec))
        {
            var begin = end;
            end += 2 * TensorShape.ElementCount(shape);
            entries.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"\"{name}\":{{\"dtype\":\"BF16\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{begin},{end}]}}"));
        }

        return (Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}"), end);
    }

    /// <summary>Numbers from -1 / 16 to 1 / 16; the same ones again for each piece: to a conversion it does not matter.</summary>
    private static byte[] RandomPiece()
    {
        var random = new Random(1);
        var bytes = new byte[PieceLength];
        foreach (ref var half in MemoryMarshal.Cast<byte, ushort>(bytes.AsSpan()))
        {
            half = (ushort)(BitConverter.SingleToUInt32Bits((random.NextSingle() - 0.5f) / 8) >> 16);
        }

        return bytes;
    }
}
