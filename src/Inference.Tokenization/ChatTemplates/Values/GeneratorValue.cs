using System.Runtime.CompilerServices;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A lazy sequence, as map, select and others give: true even when empty, iterated once, neither counted nor indexed.</summary>
internal sealed class GeneratorValue(IEnumerable<object?> items)
{
    private readonly IEnumerator<object?> _items = items.GetEnumerator();

    public IEnumerable<object?> Rest()
    {
        while (true)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack(); // a generator may draw on another, and that on another
            if (!_items.MoveNext())
            {
                yield break;
            }

            yield return _items.Current;
        }
    }
}
