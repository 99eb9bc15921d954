using System.Collections;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>Python's range; its numbers are made when they are read.</summary>
internal sealed class RangeValue(long start, long stop, long step, int count) : SequenceValue(new Numbers(start, step, count))
{
    public RangeValue Slice(long first, long length, long stride) =>
        new(start + (first * step), start + ((first + (length * stride)) * step), step * stride, (int)length);

    public override string ToString() => step == 1 ? $"range({start}, {stop})" : $"range({start}, {stop}, {step})";

    private sealed class Numbers(long start, long step, int count) : IReadOnlyList<object?>
    {
        public int Count => count;

        public object? this[int index] => start + (index * step);

        public IEnumerator<object?> GetEnumerator()
        {
            for (var i = 0; i < count; i++)
            {
                yield return this[i];
            }
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
