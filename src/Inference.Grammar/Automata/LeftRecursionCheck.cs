namespace Inference.Grammar.Automata;

/// <summary>Finds rules that can call themselves before a byte is consumed: their texts could be begun in infinitely many ways.</summary>
internal sealed class LeftRecursionCheck(AutomatonBuilder builder, Func<Edge, bool> isUsable)
{
    private readonly bool[] _isNullable = new bool[builder.Rules.Count];

    /// <exception cref="ConstraintException">A rule is left-recursive; names it.</exception>
    public void Run()
    {
        FindNullable();
        var state = new Mark[builder.Rules.Count];
        for (var rule = 0; rule < state.Length; rule++)
        {
            if (state[rule] == Mark.New)
                Visit(rule, state);
        }
    }

    private enum Mark : byte
    {
        New,
        Open,
        Done,
    }

    private void Visit(int root, Mark[] marks)
    {
        var path = new Stack<(int Rule, IEnumerator<int> Callees)>();
        Open(root);
        while (path.TryPeek(out var top))
        {
            builder.Budget.CheckTime();
            if (!top.Callees.MoveNext())
            {
                marks[top.Rule] = Mark.Done;
                path.Pop();
                continue;
            }

            var callee = top.Callees.Current;
            if (marks[callee] == Mark.Open)
                throw new ConstraintException($"{builder.Budget.Place}: the rule {builder.Rules[callee].Name} is left-recursive: it can begin with itself.");
            if (marks[callee] == Mark.New)
                Open(callee);
        }

        void Open(int rule)
        {
            marks[rule] = Mark.Open;
            path.Push((rule, Begin(rule).Callees.GetEnumerator()));
        }
    }

    private void FindNullable()
    {
        var callers = new Dictionary<int, HashSet<int>>();
        var pending = new Queue<int>(Enumerable.Range(0, builder.Rules.Count));
        while (pending.TryDequeue(out var rule))
        {
            builder.Budget.CheckTime();
            if (_isNullable[rule])
                continue;
            var (callees, isNullable) = Begin(rule);
            foreach (var callee in callees)
            {
                if (!callers.TryGetValue(callee, out var list))
                    callers[callee] = list = [];
                list.Add(rule);
            }

            if (!isNullable)
                continue;
            _isNullable[rule] = true;
            foreach (var caller in callers.GetValueOrDefault(rule) ?? [])
                pending.Enqueue(caller);
        }
    }

    /// <summary>The rules that a rule can begin with, and whether it can be empty, as far as is known.</summary>
    private (HashSet<int> Callees, bool IsNullable) Begin(int rule)
    {
        var callees = new HashSet<int>();
        var seen = new HashSet<int> { builder.StartOf(rule) };
        var pending = new Stack<int>(seen);
        while (pending.TryPop(out var state))
        {
            foreach (var edge in builder.States[state])
            {
                if (edge.Kind == EdgeKind.Bytes || !isUsable(edge))
                    continue;
                if (edge.Kind == EdgeKind.Call)
                    callees.Add(edge.Callee);
                if ((edge.Kind == EdgeKind.Empty || _isNullable[edge.Callee]) && seen.Add(edge.Target))
                    pending.Push(edge.Target);
            }
        }

        return (callees, seen.Contains(builder.EndOf(rule)));
    }
}
