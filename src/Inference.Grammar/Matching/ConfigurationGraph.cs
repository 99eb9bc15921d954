using Inference.Grammar.Automata;

namespace Inference.Grammar.Matching;

/// <summary>
/// Makes an automaton deterministic as far as texts need it: configurations and the bytes between them. Known ways are followed without a
/// lock; new ones are found under one. Keeps a bounded number, then forgets all and starts anew (who holds one keeps it).
/// </summary>
internal sealed class ConfigurationGraph
{
    private const int MaxConfigurations = 20_000;
    private const int MaxStacks = 100_000;

    /// <summary>More states than this in one configuration are the mark of a grammar that can be read in absurdly many ways.</summary>
    private const int MaxStates = 100_000;

    private const long BytesPerConfiguration = 200;

    private readonly Automaton _automaton;
    private readonly int _maxDepth;
    private readonly Lock _gate = new();

    // Below the gate.
    private readonly Dictionary<int, StackSet> _items = [];
    private readonly Stack<int> _pending = [];
    private HashSet<Configuration> _known = new(ConfigurationComparer.Instance);
    private StackSets _stacks = new();

    public ConfigurationGraph(Automaton automaton, int maxDepth)
    {
        (_automaton, _maxDepth) = (automaton, maxDepth);
        Dead = new Configuration([], [], false, automaton.Classes.Count);
        Start = Dead;
        Forget();
    }

    /// <summary>Before the first byte.</summary>
    public Configuration Start { get; private set; }

    /// <summary>After bytes that nothing begins with.</summary>
    public Configuration Dead { get; }

    /// <summary>The memory of what is known, in bytes, roughly: a way for each class of bytes, and the states and stacks.</summary>
    public long Size
    {
        get
        {
            lock (_gate)
                return (_known.Count * (BytesPerConfiguration + (long)Classes.Count * IntPtr.Size)) + (_stacks.Count * BytesPerConfiguration);
        }
    }

    public Automaton Automaton => _automaton;

    public ByteClasses Classes => _automaton.Classes;

    public Configuration Next(Configuration from, byte value) => NextOfClass(from, Classes[value]);

    public Configuration NextOfClass(Configuration from, int index) => from.Next[index] ?? Find(from, index);

    /// <summary>Where one may stand who is at a state with certain stacks.</summary>
    public Configuration At(int state, StackSet stacks)
    {
        lock (_gate)
        {
            Add(state, stacks);
            return Close();
        }
    }

    /// <summary>Starts anew. Texts that are under way go on with what they hold.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            (_known, _stacks) = (new(ConfigurationComparer.Instance), new());
            Add(_automaton.Start, _stacks.OnlyEmpty);
            Start = Close();
        }
    }

    private Configuration Find(Configuration from, int index)
    {
        lock (_gate)
        {
            if (_known.Count >= MaxConfigurations || _stacks.Count >= MaxStacks)
                Forget();

            var value = Classes.First[index];
            for (var i = 0; i < from.States.Length; i++)
            {
                foreach (var edge in _automaton.Edges(from.States[i]))
                {
                    if (edge.Takes(value))
                        Add(edge.Target, from.Stacks[i]);
                }
            }

            return from.Next[index] = Close();
        }
    }

    private void Add(int state, StackSet stacks)
    {
        // Where nothing deeper is allowed, the flattest way to the end must fit, or the text could not be finished.
        if (stacks.Depth + _automaton.MinDepth[state] > _maxDepth)
            return;
        if (_items.TryGetValue(state, out var known))
        {
            stacks = _stacks.Union(known, stacks);
            if (ReferenceEquals(stacks, known))
                return;
        }

        _items[state] = stacks;
        _pending.Push(state);
    }

    /// <summary>Follows all that takes no byte from what was added, and empties it.</summary>
    private Configuration Close()
    {
        var isComplete = false;
        while (_pending.TryPop(out var state))
        {
            var stacks = _items[state];
            if (_automaton.IsEnd[state])
            {
                isComplete |= stacks.HasEmpty;
                for (var i = 0; i < stacks.Returns.Length; i++)
                    Add(stacks.Returns[i], stacks.Below[i]);
            }

            foreach (var edge in _automaton.Edges(state))
            {
                if (edge.Kind == EdgeKind.Empty)
                    Add(edge.Target, stacks);
                else if (edge.Kind == EdgeKind.Call)
                    Call(edge, stacks);
            }
        }

        return Collect(isComplete);
    }

    private void Call(in Edge edge, StackSet stacks)
    {
        // Returning to a rule's end only to return again: the frame can be saved.
        if (_automaton.IsEnd[edge.Target])
            Add(edge.Callee, stacks);
        else if (stacks.Depth + _automaton.MinDepth[edge.Target] <= _maxDepth)
            Add(edge.Callee, _stacks.Push(stacks, edge.Target));
    }

    private Configuration Collect(bool isComplete)
    {
        var states = new List<int>(_items.Count);
        foreach (var state in _items.Keys)
        {
            if (TakesBytes(state))
                states.Add(state);
        }

        states.Sort();
        var stacks = states.ConvertAll(state => _items[state]);
        _items.Clear();
        if ((states.Count == 0 && !isComplete) || states.Count > MaxStates)
            return Dead;

        var found = new Configuration([.. states], [.. stacks], isComplete, Classes.Count);
        if (_known.TryGetValue(found, out var known))
            return known;
        _known.Add(found);
        return found;
    }

    private bool TakesBytes(int state)
    {
        foreach (var edge in _automaton.Edges(state))
        {
            if (edge.Kind == EdgeKind.Bytes)
                return true;
        }

        return false;
    }
}
