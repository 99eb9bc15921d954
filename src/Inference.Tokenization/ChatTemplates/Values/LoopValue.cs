using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>The <c>loop</c> variable. It looks ahead only when asked, so that filters see the loop's effects as in Jinja2.</summary>
internal sealed class LoopValue(RenderContext context, IEnumerator<object?> items, int depth, ForStatement? recursion, Scope outer)
    : Callable
{
    private readonly Queue<object?> _ahead = new();
    private object? _previous;
    private IReadOnlyList<object?>? _lastChanged;
    private long _index0 = -1;

    public override string TypeName => "LoopContext";

    public object? Current { get; private set; }

    public long Length
    {
        get
        {
            while (items.MoveNext())
            {
                _ahead.Enqueue(items.Current);
            }

            return _index0 + 1 + _ahead.Count;
        }
    }

    public bool MoveNext()
    {
        if (!Peek())
        {
            return false;
        }

        _previous = Current;
        Current = _ahead.Dequeue();
        _index0++;
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "index" => _index0 + 1,
            "index0" => _index0,
            "first" => _index0 == 0,
            "last" => !Peek(),
            "length" => Length,
            "revindex" => Length - _index0,
            "revindex0" => Length - _index0 - 1,
            "previtem" => _index0 > 0 ? _previous : new Undefined("there is no previous item"),
            "nextitem" => Peek() ? _ahead.Peek() : new Undefined("there is no next item"),
            "depth" => depth + 1L,
            "depth0" => (long)depth,
            "cycle" => new Builtin("cycle", "*", a => Cycle(a.Rest)),
            "changed" => new Builtin("changed", "*", a => HasChanged(a.Rest)),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    /// <summary><c>loop(items)</c> of a recursive loop: what the loop's body renders for these items.</summary>
    public override object? Call(RenderContext caller, CallArguments arguments)
    {
        if (recursion is null)
        {
            throw TemplateFault.Runtime("the loop must have the 'recursive' marker to be called recursively");
        }

        if (arguments.Positional.Count != 1 || arguments.Keywords.Count > 0)
        {
            throw TemplateFault.Runtime("loop() takes one argument, the items");
        }

        return caller.Capture(outer, () => recursion.Run(caller, arguments.Positional[0], depth + 1));
    }

    private bool Peek()
    {
        if (_ahead.Count == 0 && items.MoveNext())
        {
            _ahead.Enqueue(items.Current);
        }

        return _ahead.Count > 0;
    }

    private object? Cycle(IReadOnlyList<object?> values) => values.Count > 0
        ? values[(int)(_index0 % values.Count)]
        : throw TemplateFault.Runtime("no items for cycling given");

    private bool HasChanged(IReadOnlyList<object?> values)
    {
        if (_lastChanged is not null && Comparison.AreEqual(context, new TupleValue(_lastChanged), new TupleValue(values)))
        {
            return false;
        }

        _lastChanged = values;
        return true;
    }
}
