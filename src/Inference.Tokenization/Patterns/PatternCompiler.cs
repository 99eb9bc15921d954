namespace Inference.Tokenization.Patterns;

/// <summary>Turns a parsed pattern into instructions for <see cref="PatternMatcher"/>.</summary>
internal sealed class PatternCompiler
{
    private const int MaxInstructions = 100_000;

    private readonly List<PatternInstruction> _code = [];
    private int _registers;

    /// <summary>The instructions and how many registers they use.</summary>
    /// <exception cref="PatternException">The pattern is too large, or a lookbehind has no greatest length.</exception>
    public static (PatternInstruction[] Code, int Registers) Compile(PatternNode node)
    {
        var compiler = new PatternCompiler();
        compiler.Emit(node);
        compiler.Add(new(PatternOp.Accept));
        return ([.. compiler._code], compiler._registers);
    }

    private int Add(PatternInstruction instruction)
    {
        if (_code.Count >= MaxInstructions)
            throw new PatternException("the pattern is too large");
        _code.Add(instruction);
        return _code.Count - 1;
    }

    private void Emit(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One one:
                Add(new(PatternOp.One, Set: one.Set));
                break;
            case PatternNode.Sequence sequence:
                foreach (PatternNode item in sequence.Items)
                    Emit(item);
                break;
            case PatternNode.Alternation alternation:
                EmitAlternation(alternation.Choices);
                break;
            case PatternNode.Repeat repeat:
                EmitRepeat(repeat);
                break;
            case PatternNode.Atomic { Body: PatternNode.Repeat { Lazy: false } repeat } when SingleSet(repeat.Body) is { } set:
                Add(new(PatternOp.PossessiveLoop, repeat.Min, repeat.Max, set));
                break;
            case PatternNode.Atomic atomic:
                EmitBody(new(PatternOp.Atomic), atomic.Body);
                break;
            case PatternNode.Look look:
                EmitLook(look);
                break;
            case PatternNode.Anchor anchor:
                Add(new(PatternOp.Anchor, (int)anchor.Kind));
                break;
        }
    }

    private void EmitLook(PatternNode.Look look)
    {
        int negative = look.Negative ? 1 : 0;
        if (!look.Behind)
        {
            EmitBody(new(PatternOp.LookAhead, Y: negative), look.Body);
            return;
        }
        (int min, int max) = Length(look.Body);
        if (max == int.MaxValue)
            throw new PatternException("a lookbehind may take any length");
        int register = _registers++;
        EmitBody(new(PatternOp.LookBehind, Y: negative) { Behind = (min, max, register) }, look.Body, new(PatternOp.EndsHere, register));
    }

    /// <summary>The instruction, then the body up to its own Accept; the instruction's X is where to go on.</summary>
    private void EmitBody(PatternInstruction instruction, PatternNode body, PatternInstruction? last = null)
    {
        int at = Add(instruction);
        Emit(body);
        if (last is { } test)
            Add(test);
        Add(new(PatternOp.Accept));
        _code[at] = _code[at] with { X = _code.Count };
    }

    private void EmitAlternation(IReadOnlyList<PatternNode> choices)
    {
        // A group that does not fit one mask becomes a first choice and an alternation of the others.
        if (choices.Count > PatternDispatch.MaxChoices)
        {
            int half = choices.Count / 2;
            EmitAlternation([new PatternNode.Alternation([.. choices.Take(half)]), new PatternNode.Alternation([.. choices.Skip(half)])]);
            return;
        }
        int at = Add(new(PatternOp.Choose));
        int[] targets = new int[choices.Count];
        List<int> jumps = [];
        for (int i = 0; i < choices.Count; i++)
        {
            targets[i] = _code.Count;
            Emit(choices[i]);
            if (i < choices.Count - 1)
                jumps.Add(Add(new(PatternOp.Jump)));
        }
        foreach (int jump in jumps)
            _code[jump] = new(PatternOp.Jump, _code.Count);
        _code[at] = new(PatternOp.Choose) { Dispatch = new PatternDispatch(targets, [.. choices.Select(choice => choice.First)]) };
    }

    private void EmitRepeat(PatternNode.Repeat repeat)
    {
        if (!repeat.Lazy && SingleSet(repeat.Body) is { } set)
        {
            Add(new(PatternOp.Loop, repeat.Min, repeat.Max, set));
            return;
        }
        for (int i = 0; i < repeat.Min; i++)
            Emit(repeat.Body);
        if (repeat.Max == int.MaxValue)
        {
            EmitUnlimited(repeat);
            return;
        }
        List<int> splits = [];
        for (int i = repeat.Min; i < repeat.Max; i++)
        {
            splits.Add(Add(new(PatternOp.Split)));
            Emit(repeat.Body);
        }
        foreach (int split in splits)
            SetSplit(split, split + 1, _code.Count, repeat.Lazy);
    }

    private void EmitUnlimited(PatternNode.Repeat repeat)
    {
        int split = Add(new(PatternOp.Split));
        if (repeat.Body.IsNullable)
        {
            int register = _registers++;
            Add(new(PatternOp.Mark, register));
            Emit(repeat.Body);
            int check = Add(new(PatternOp.ExitIfEmpty));
            Add(new(PatternOp.Jump, split));
            _code[check] = new(PatternOp.ExitIfEmpty, register, _code.Count);
        }
        else
        {
            Emit(repeat.Body);
            Add(new(PatternOp.Jump, split));
        }
        SetSplit(split, split + 1, _code.Count, repeat.Lazy);
    }

    private void SetSplit(int at, int enter, int leave, bool lazy) =>
        _code[at] = lazy ? new(PatternOp.Split, leave, enter) : new(PatternOp.Split, enter, leave);

    /// <summary>The set, when the node is one code point of a set; else null.</summary>
    private static CodePointSet? SingleSet(PatternNode node) => node switch
    {
        PatternNode.One one => one.Set,
        PatternNode.Sequence { Items: [var only] } => SingleSet(only),
        _ => null,
    };

    /// <summary>
    /// The least and greatest number of code points that the node takes; the greatest is int.MaxValue when there is none.
    /// </summary>
    private static (int Min, int Max) Length(PatternNode node)
    {
        switch (node)
        {
            case PatternNode.One:
                return (1, 1);
            case PatternNode.Sequence sequence:
                (int Min, int Max) sum = (0, 0);
                foreach (PatternNode item in sequence.Items)
                {
                    (int min, int max) = Length(item);
                    sum = (sum.Min + min, Saturate((long)sum.Max + max));
                }
                return sum;
            case PatternNode.Alternation alternation:
                return (alternation.Choices.Min(choice => Length(choice).Min), alternation.Choices.Max(choice => Length(choice).Max));
            case PatternNode.Repeat repeat:
                (int bodyMin, int bodyMax) = Length(repeat.Body);
                return (Saturate((long)bodyMin * repeat.Min), Saturate((long)bodyMax * repeat.Max));
            case PatternNode.Atomic atomic:
                return Length(atomic.Body);
            default:
                return (0, 0);
        }
    }

    private static int Saturate(long value) => (int)Math.Min(value, int.MaxValue);
}
