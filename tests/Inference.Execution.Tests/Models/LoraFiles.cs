using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Inference.Execution.Tests.Models;

/// <summary>Writes adapters with random weights for any checkpoint, and the checkpoint that each makes when it is merged.</summary>
internal static class LoraFiles
{
    private const int Alpha = 3;

    /// <summary>Writes both; each module has a rank of its own.</summary>
    /// <param name="baseFolder">The checkpoint.</param>
    /// <param name="adapterFolder">Where the adapter goes.</param>
    /// <param name="mergedFolder">Where base + adapter goes.</param>
    /// <param name="ranks">One after the other for the modules.</param>
    /// <param name="random">Chooses the weights.</param>
    public static void Write(string baseFolder, string adapterFolder, string mergedFolder, int[] ranks, Random random)
    {
        var tensors = Read(Path.Combine(baseFolder, "model.safetensors"));
        var (adapter, patterns) = (new Dictionary<string, (long[] Shape, float[] Values)>(), new Dictionary<string, int>());
        var isTransposed = Path.GetFileName(baseFolder) == "gpt2";
        foreach (var (name, (shape, values)) in tensors.Where(IsProjection).OrderBy(tensor => tensor.Key, StringComparer.Ordinal).ToList())
        {
            var (module, rank) = (name[..^".weight".Length], ranks[patterns.Count % ranks.Length]);
            var (outputs, inputs) = isTransposed ? (shape[1], shape[0]) : (shape[0], shape[1]);
            var a = Normal(random, rank * inputs, 0.3 / Math.Sqrt(inputs));
            var b = Normal(random, outputs * rank, 1);
            patterns.Add(module.Replace(".", "\\.", StringComparison.Ordinal), rank);
            adapter.Add($"base_model.model.{module}.lora_A.weight", ([rank, inputs], a));
            adapter.Add($"base_model.model.{module}.lora_B.weight", ([outputs, rank], b));
            Merge(values, a, b, rank, (int)inputs, (int)outputs, isTransposed);
        }

        var config = new { peft_type = "LORA", r = 1, lora_alpha = Alpha, use_rslora = true, fan_in_fan_out = isTransposed, rank_pattern = patterns };
        Directory.CreateDirectory(adapterFolder);
        File.WriteAllText(Path.Combine(adapterFolder, "adapter_config.json"), JsonSerializer.Serialize(config));
        Write(Path.Combine(adapterFolder, "adapter_model.safetensors"), adapter);
        Directory.CreateDirectory(mergedFolder);
        File.Copy(Path.Combine(baseFolder, "config.json"), Path.Combine(mergedFolder, "config.json"));
        Write(Path.Combine(mergedFolder, "model.safetensors"), tensors);
    }

    private static bool IsProjection(KeyValuePair<string, (long[] Shape, float[] Values)> tensor) =>
        tensor.Value.Shape.Length == 2 && tensor.Key.Any(char.IsAsciiDigit) && tensor.Key.EndsWith(".weight", StringComparison.Ordinal);

    private static void Merge(float[] values, float[] a, float[] b, int rank, int inputs, int outputs, bool isTransposed)
    {
        var factor = Alpha / Math.Sqrt(rank);
        for (var row = 0; row < outputs; row++)
        {
            for (var column = 0; column < inputs; column++)
            {
                var sum = 0.0;
                for (var k = 0; k < rank; k++)
                {
                    sum += (double)b[(row * rank) + k] * a[(k * inputs) + column];
                }

                values[isTransposed ? (column * outputs) + row : (row * inputs) + column] += (float)(factor * sum);
            }
        }
    }

    private static float[] Normal(Random random, long count, double deviation) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble())))];

    private static Dictionary<string, (long[] Shape, float[] Values)> Read(string path)
    {
        var bytes = File.ReadAllBytes(path);
        var length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, length));
        var tensors = new Dictionary<string, (long[] Shape, float[] Values)>();
        foreach (var tensor in header.RootElement.EnumerateObject().Where(tensor => tensor.Name != "__metadata__"))
        {
            long[] shape = [.. tensor.Value.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())];
            int[] place = [.. tensor.Value.GetProperty("data_offsets").EnumerateArray().Select(offset => 8 + length + offset.GetInt32())];
            tensors.Add(tensor.Name, (shape, Decode(tensor.Value.GetProperty("dtype").GetString()!, bytes.AsSpan(place[0]..place[1]))));
        }

        return tensors;
    }

    private static float[] Decode(string type, ReadOnlySpan<byte> bytes) => type switch
    {
        "F32" => MemoryMarshal.Cast<byte, float>(bytes).ToArray(),
        "F16" => [.. MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(value => (float)value)],
        _ => [.. MemoryMarshal.Cast<byte, ushort>(bytes).ToArray().Select(value => BitConverter.UInt32BitsToSingle((uint)value << 16))],
    };

    private static void Write(string path, Dictionary<string, (long[] Shape, float[] Values)> tensors)
    {
        var (entries, data) = (new List<string>(), new MemoryStream());
        foreach (var (name, (shape, values)) in tensors)
        {
            var begin = data.Length;
            data.Write(MemoryMarshal.AsBytes(values.AsSpan()));
            entries.Add($"\"{name}\":{{\"dtype\":\"F32\",\"shape\":[{string.Join(',', shape)}],\"data_offsets\":[{begin},{data.Length}]}}");
        }

        var header = Encoding.UTF8.GetBytes($"{{{string.Join(',', entries)}}}");
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        File.WriteAllBytes(path, [.. length, .. header, .. data.ToArray()]);
    }
}
