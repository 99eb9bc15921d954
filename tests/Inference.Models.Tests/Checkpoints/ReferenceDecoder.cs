using System.Numerics.Tensors;

namespace Inference.Models.Tests.Checkpoints;

/// <summary>
/// The forward pass that a <see cref="DecoderSpec"/> describes, written plainly, without a cache: it shows that spec and weights were
/// read right, by goldens that were computed elsewhere.
/// </summary>
/// <param name="spec">What to compute.</param>
/// <param name="weights">With which weights.</param>
/// <param name="mlpRotation">Called with the input of each down projection.</param>
internal sealed class ReferenceDecoder(DecoderSpec spec, WeightSource weights, Action<float[]>? mlpRotation = null)
{
    private readonly AttentionSpec _attention = spec.Attention;

    /// <summary>Logits after the last of <paramref name="ids"/>.</summary>
    public float[] Logits(int[] ids)
    {
        var stream = Array.ConvertAll(ids, id => Read(WeightNames.Embedding, id, spec.HiddenSize));
        for (var layer = 0; layer < spec.LayerCount; layer++)
        {
            AddTo(stream, Attention(layer, Normalized(stream, WeightNames.InputNorm(layer))));
            AddTo(stream, Mlp(layer, Normalized(stream, WeightNames.PostAttentionNorm(layer))));
        }

        var last = Normalized(stream[^1..], WeightNames.FinalNorm);
        return Project(last, spec.TieWordEmbeddings ? WeightNames.Embedding : WeightNames.Head, spec.VocabularySize, false)[0];
    }

    private float[][] Attention(int layer, float[][] input)
    {
        var (heads, kvHeads, size) = (_attention.HeadCount, _attention.KvHeadCount, _attention.HeadSize);
        var queries = Project(input, WeightNames.Query(layer), heads * size, _attention.HasQkvBias);
        var keys = Project(input, WeightNames.Key(layer), kvHeads * size, _attention.HasQkvBias);
        var values = Project(input, WeightNames.Value(layer), kvHeads * size, _attention.HasQkvBias);
        Rotate(queries);
        Rotate(keys);
        var output = Array.ConvertAll(input, _ => new float[heads * size]);
        for (var position = 0; position < input.Length; position++)
        {
            for (var head = 0; head < heads; head++)
            {
                var kv = head / (heads / kvHeads) * size;
                var query = queries[position].AsSpan(head * size, size);
                var scores = new float[position + 1];
                for (var past = 0; past <= position; past++)
                {
                    scores[past] = TensorPrimitives.Dot(query, keys[past].AsSpan(kv, size)) * _attention.Scale;
                }

                TensorPrimitives.SoftMax(scores, scores);
                var sum = output[position].AsSpan(head * size, size);
                for (var past = 0; past <= position; past++)
                {
                    TensorPrimitives.MultiplyAdd(values[past].AsSpan(kv, size), scores[past], sum, sum);
                }
            }
        }

        return Project(output, WeightNames.Output(layer), spec.HiddenSize, _attention.HasOutputBias);
    }

    private float[][] Mlp(int layer, float[][] input)
    {
        var gates = Project(input, WeightNames.Gate(layer), spec.Mlp.IntermediateSize, spec.Mlp.HasBias);
        var ups = Project(input, WeightNames.Up(layer), spec.Mlp.IntermediateSize, spec.Mlp.HasBias);
        foreach (var (gate, up) in gates.Zip(ups))
        {
            for (var i = 0; i < gate.Length; i++)
            {
                gate[i] = gate[i] / (1 + MathF.Exp(-gate[i])) * up[i];
            }

            mlpRotation?.Invoke(gate);
        }

        return Project(gates, WeightNames.Down(layer), spec.HiddenSize, spec.Mlp.HasBias);
    }

    /// <summary>Turns pairs (i, i + half) of every head.</summary>
    private void Rotate(float[][] rows)
    {
        var (size, half) = (_attention.HeadSize, _attention.HeadSize / 2);
        for (var position = 0; position < rows.Length; position++)
        {
            for (var i = 0; i < half; i++)
            {
                var (sin, cos) = Math.SinCos(position * Math.Pow(_attention.Rotary!.Theta, -2.0 * i / size));
                for (var start = 0; start < rows[position].Length; start += size)
                {
                    var (x, y) = (rows[position][start + i], rows[position][start + i + half]);
                    rows[position][start + i] = (float)((x * cos) - (y * sin));
                    rows[position][start + i + half] = (float)((y * cos) + (x * sin));
                }
            }
        }
    }

    private float[][] Normalized(float[][] rows, string name)
    {
        var gamma = Read(name, 0, spec.HiddenSize);
        return Array.ConvertAll(rows, row =>
        {
            var scale = 1 / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(row) / row.Length) + spec.NormEpsilon);
            return row.Zip(gamma, (value, weight) => value * scale * weight).ToArray();
        });
    }

    private float[][] Project(float[][] input, string name, int outputs, bool hasBias)
    {
        var columns = input[0].Length;
        var matrix = Read(name, 0, outputs * columns);
        var bias = hasBias ? Read(WeightNames.BiasOf(name), 0, outputs) : new float[outputs];
        return Array.ConvertAll(input, row =>
        {
            var result = new float[outputs];
            for (var i = 0; i < outputs; i++)
            {
                result[i] = TensorPrimitives.Dot(row, matrix.AsSpan(i * columns, columns)) + bias[i];
            }

            return result;
        });
    }

    private float[] Read(string name, long firstRow, int elements)
    {
        var values = new float[elements];
        weights.ReadRows(name, firstRow, values);
        return values;
    }

    private static void AddTo(float[][] stream, float[][] addend)
    {
        foreach (var (row, other) in stream.Zip(addend))
        {
            TensorPrimitives.Add(row, other, row);
        }
    }
}
