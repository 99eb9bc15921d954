using Inference.Grammar.Patterns;

namespace Inference.Grammar.Automata;

/// <summary>Grows an automaton state by state: what every front end compiles to.</summary>
/// <param name="budget">For its states.</param>
/// <param name="alphabet">For each byte whether any token has it: ways that take another byte are left out, for no answer could go them.</param>
internal sealed class AutomatonBuilder(CompileBudget budget, bool[] alphabet)
{
    private readonly List<List<Edge>> _edges = [];
    private readonly List<(string Name, int Start, int End)> _rules = [];
    private readonly Dictionary<(CodePointSet, TextEncoding), int> _characterRules = [];

    public CompileBudget Budget => budget;

    public bool[] Alphabet => alphabet;

    public IReadOnlyList<List<Edge>> States => _edges;

    public IReadOnlyList<(string Name, int Start, int End)> Rules => _rules;

    public int NewState()
    {
        budget.CheckStates(_edges.Count);
        _edges.Add(new List<Edge>(1));
        return _edges.Count - 1;
    }

    /// <summary>Makes a rule with a start and an end to be connected; calls to it may be added at once.</summary>
    /// <param name="name">For errors.</param>
    public int NewRule(string name)
    {
        _rules.Add((name, NewState(), NewState()));
        return _rules.Count - 1;
    }

    public int StartOf(int rule) => _rules[rule].Start;

    public int EndOf(int rule) => _rules[rule].End;

    public void AddBytes(int from, byte low, byte high, int to)
    {
        for (int start = low; start <= high; start++)
        {
            if (!alphabet[start])
                continue;
            var end = start;
            while (end < high && alphabet[end + 1])
                end++;
            Add(from, new Edge(to, EdgeKind.Bytes, (byte)start, (byte)end));
            start = end;
        }
    }

    public void AddEmpty(int from, int to) => Add(from, new Edge(to, EdgeKind.Empty));

    public void AddCall(int from, int rule, int to) => Add(from, new Edge(to, EdgeKind.Call, Callee: rule));

    /// <summary>Adds a call to a new state, which it returns.</summary>
    public int Call(int from, int rule)
    {
        var to = NewState();
        AddCall(from, rule, to);
        return to;
    }

    /// <summary>Adds a chain of bytes; returns the state after it.</summary>
    public int Literal(int from, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            var to = NewState();
            AddBytes(from, value, value, to);
            from = to;
        }

        return from;
    }

    /// <summary>Adds a character of a set, as a text or a JSON string spells it.</summary>
    public void AddCharacters(int from, CodePointSet set, TextEncoding encoding, int to)
    {
        if (!_characterRules.TryGetValue((set, encoding), out var rule))
            _characterRules[(set, encoding)] = rule = CharacterEmitter.IsSmall(set, encoding) ? -1 : NewCharacterRule(set, encoding);
        if (rule < 0)
            CharacterEmitter.Emit(this, from, set, encoding, to);
        else
            AddCall(from, rule, to);
    }

    /// <summary>Adds an automaton over characters; <paramref name="to"/> follows where it accepts.</summary>
    public void AddText(int from, CharAutomaton text, TextEncoding encoding, int to)
    {
        var states = new int[text.StateCount];
        for (var i = 0; i < states.Length; i++)
            states[i] = NewState();
        AddEmpty(from, states[0]);
        for (var i = 0; i < states.Length; i++)
        {
            foreach (var (set, target) in text.Edges(i))
                AddCharacters(states[i], set, encoding, states[target]);
            if (text.IsAccepting(i))
                AddEmpty(states[i], to);
        }
    }

    private int NewCharacterRule(CodePointSet set, TextEncoding encoding)
    {
        var rule = NewRule("a character");
        CharacterEmitter.Emit(this, StartOf(rule), set, encoding, EndOf(rule));
        return rule;
    }

    private void Add(int from, Edge edge)
    {
        budget.CheckTime();
        _edges[from].Add(edge);
    }
}
