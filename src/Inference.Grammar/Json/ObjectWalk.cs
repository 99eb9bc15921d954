using Inference.Grammar.Automata;

namespace Inference.Grammar.Json;

/// <summary>
/// The states of one kind of objects. A state is told apart by the property that may come next, and as far as it matters by how many have
/// come: of those that the schema names, and of others.
/// </summary>
internal sealed class ObjectWalk
{
    private readonly AutomatonBuilder _builder;
    private readonly Whitespace _whitespace;
    private readonly List<DeclaredProperty> _properties;
    private readonly List<(int NameRule, Conjunction Value)> _others;
    private readonly ObjectFacet _facet;
    private readonly Func<Conjunction, int> _ruleOf;

    /// <summary>After which index no property is required any more.</summary>
    private readonly int _lastRequired;

    /// <summary>Counting further changes nothing.</summary>
    private readonly int _countCap;
    private readonly int _othersCap;
    private readonly Dictionary<Position, int> _names = [];
    private readonly Dictionary<Position, int> _ends = [];
    private readonly Queue<Position> _pending = [];
    private int _to;

    public ObjectWalk(
        AutomatonBuilder builder, Whitespace whitespace, List<DeclaredProperty> properties, List<(int, Conjunction)> others, ObjectFacet facet, Func<Conjunction, int> ruleOf)
    {
        (_builder, _whitespace, _properties, _others, _facet, _ruleOf) = (builder, whitespace, properties, others, facet, ruleOf);
        _lastRequired = properties.FindLastIndex(property => property.IsRequired);
        _countCap = facet.MaxProperties is null ? facet.MinProperties : int.MaxValue;
        _othersCap = facet.MaxProperties is null ? Math.Min(1, facet.MinProperties) : int.MaxValue;
    }

    public void Emit(int from, int to)
    {
        _to = to;
        var start = new Position(0, 0, 0);
        var open = _builder.Literal(from, "{"u8);
        if (MayClose(start))
            _builder.AddBytes(open, (byte)'}', (byte)'}', to);
        if (_facet.MaxProperties == 0)
            return;
        _builder.AddEmpty(_whitespace.Gap(open), NameAt(start));
        while (_pending.TryDequeue(out var position))
            EmitName(position, _names[position]);
    }

    /// <summary>The state where a name must begin.</summary>
    private int NameAt(Position position)
    {
        if (!_names.TryGetValue(position, out var state))
        {
            _names[position] = state = _builder.NewState();
            _pending.Enqueue(position);
        }

        return state;
    }

    private void EmitName(Position position, int state)
    {
        if (position.Next == _properties.Count)
        {
            var then = position with { Others = Math.Min(_othersCap, position.Others + 1) };
            foreach (var (rule, value) in _others)
                EmitValue(_builder.Call(state, rule), value, then);
            return;
        }

        var property = _properties[position.Next];
        if (!property.IsRequired)
            _builder.AddEmpty(state, NameAt(position with { Next = position.Next + 1 }));
        if (!property.IsAllowed)
            return;
        var name = _builder.Literal(_builder.Literal(_builder.Literal(state, "\""u8), CharacterEmitter.ToJsonString(property.Name)), "\""u8);
        EmitValue(name, property.Value, position with { Next = position.Next + 1, Declared = Math.Min(_countCap, position.Declared + 1) });
    }

    private void EmitValue(int name, Conjunction value, Position then)
    {
        var colon = _whitespace.AfterColon(_builder.Literal(name, ":"u8));
        _builder.AddCall(colon, _ruleOf(value), EndAt(then));
    }

    /// <summary>The state after a value.</summary>
    private int EndAt(Position position)
    {
        if (_ends.TryGetValue(position, out var state))
            return state;
        _ends[position] = state = _builder.NewState();
        if (MayClose(position))
            _builder.AddBytes(_whitespace.Gap(state), (byte)'}', (byte)'}', _to);
        if (!(position.Declared + position.Others >= _facet.MaxProperties))
            _builder.AddEmpty(_whitespace.Gap(_builder.Literal(state, ","u8)), NameAt(position));
        return state;
    }

    private bool MayClose(Position position) =>
        position.Next > _lastRequired && position.Declared + Math.Min(1, position.Others) >= _facet.MinProperties;

    /// <param name="Next">The index of the property that may come next.</param>
    /// <param name="Declared">How many that the schema names have come.</param>
    /// <param name="Others">How many others have come.</param>
    private readonly record struct Position(int Next, int Declared, int Others);
}
