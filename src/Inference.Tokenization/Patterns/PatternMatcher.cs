using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Inference.Tokenization.Patterns;

/// <summary>
/// Searches one text with one pattern: a backtracking machine whose stack lies on the heap, so that no text can overflow the thread's.
/// Only lookaround and atomic groups recurse, as deep as the pattern nests them. Positions are UTF-16 offsets; the text must be
/// well-formed UTF-16. Dispose it to return its memory.
/// </summary>
internal ref struct PatternMatcher
{
    private readonly Pattern _pattern;
    private readonly ReadOnlySpan<char> _text;
    private readonly int[] _registers;
    private Frame[] _stack;
    private int _depth;

    public PatternMatcher(Pattern pattern, ReadOnlySpan<char> text)
    {
        _pattern = pattern;
        _text = text;
        _registers = pattern.Registers == 0 ? [] : new int[pattern.Registers];
        _stack = ArrayPool<Frame>.Shared.Rent(64);
    }

    private enum FrameKind
    {
        /// <summary>Go on at Pc and Position.</summary>
        Resume,

        /// <summary>A loop ended at Position: give one code point back, down to Extra.</summary>
        GiveBack,

        /// <summary>Choices left (mask Extra) of the Choose at Pc.</summary>
        Choices,

        /// <summary>Restore register Pc to Extra.</summary>
        Register,
    }

    public readonly void Dispose() => ArrayPool<Frame>.Shared.Return(_stack);

    /// <summary>The first match that starts at or after <paramref name="from"/>; false when there is none.</summary>
    public bool TryFind(int from, out int start, out int end)
    {
        CodePointSet? first = _pattern.First;
        for (start = from; start <= _text.Length; start += start < _text.Length ? LengthAt(start) : 1)
        {
            if (first is not null && (start == _text.Length || !first.Contains(CodePointAt(start))))
                continue;
            end = Run(0, start);
            if (end >= 0)
                return true;
        }
        end = -1;
        return false;
    }

    /// <summary>Runs from an instruction to its Accept; where the text taken ends, or -1 when it does not match.</summary>
    private int Run(int pc, int position)
    {
        int floor = _depth;
        PatternInstruction[] code = _pattern.Code;
        while (true)
        {
            ref readonly PatternInstruction instruction = ref code[pc];
            bool matched = true;
            switch (instruction.Op)
            {
                case PatternOp.Accept:
                    _depth = floor;
                    return position;
                case PatternOp.One:
                    matched = position < _text.Length && instruction.Set!.Contains(CodePointAt(position));
                    if (matched)
                    {
                        position += LengthAt(position);
                        pc++;
                    }
                    break;
                case PatternOp.Loop or PatternOp.PossessiveLoop:
                    matched = Loop(in instruction, pc + 1, ref position);
                    pc++;
                    break;
                case PatternOp.Jump:
                    pc = instruction.X;
                    break;
                case PatternOp.Split:
                    Push(new(FrameKind.Resume, instruction.Y, position, 0));
                    pc = instruction.X;
                    break;
                case PatternOp.Choose:
                    int next = position < _text.Length ? CodePointAt(position) : -1;
                    matched = Choose(instruction.Dispatch!.Mask(next), ref pc, position);
                    break;
                case PatternOp.Mark:
                    Push(new(FrameKind.Register, instruction.X, 0, _registers[instruction.X]));
                    _registers[instruction.X] = position;
                    pc++;
                    break;
                case PatternOp.ExitIfEmpty:
                    pc = _registers[instruction.X] == position ? instruction.Y : pc + 1;
                    break;
                case PatternOp.EndsHere:
                    matched = _registers[instruction.X] == position;
                    pc++;
                    break;
                default:
                    matched = Zero(in instruction, pc, ref position);
                    pc = instruction.Op == PatternOp.Anchor ? pc + 1 : instruction.X;
                    break;
            }
            if (!matched && !Backtrack(floor, ref pc, ref position))
                return -1;
        }
    }

    /// <summary>Takes up the latest open choice above the floor; false when none is left.</summary>
    private bool Backtrack(int floor, ref int pc, ref int position)
    {
        while (_depth > floor)
        {
            ref Frame frame = ref _stack[_depth - 1];
            switch (frame.Kind)
            {
                case FrameKind.Register:
                    _registers[frame.Pc] = (int)frame.Extra;
                    _depth--;
                    continue;
                case FrameKind.Resume:
                    (pc, position) = (frame.Pc, frame.Position);
                    _depth--;
                    return true;
                case FrameKind.GiveBack:
                    frame.Position -= LengthBefore(frame.Position);
                    (pc, position) = (frame.Pc, frame.Position);
                    if (position <= frame.Extra)
                        _depth--;
                    return true;
                default:
                    (pc, position) = (frame.Pc, frame.Position);
                    ulong mask = (ulong)frame.Extra;
                    _depth--;
                    return Choose(mask, ref pc, position);
            }
        }
        return false;
    }

    /// <summary>Enters the first choice of the mask and remembers the others.</summary>
    private bool Choose(ulong mask, ref int pc, int position)
    {
        if (mask == 0)
            return false;
        ulong rest = mask & (mask - 1);
        if (rest != 0)
            Push(new(FrameKind.Choices, pc, position, (long)rest));
        pc = _pattern.Code[pc].Dispatch!.Targets[BitOperations.TrailingZeroCount(mask)];
        return true;
    }

    private bool Loop(in PatternInstruction instruction, int next, ref int position)
    {
        CodePointSet set = instruction.Set!;
        int count = 0;
        int at = position;
        int least = position;
        while (count < instruction.Y && at < _text.Length && set.Contains(CodePointAt(at)))
        {
            at += LengthAt(at);
            if (++count == instruction.X)
                least = at;
        }
        if (count < instruction.X)
            return false;
        if (at > least && instruction.Op == PatternOp.Loop)
            Push(new(FrameKind.GiveBack, next, at, least));
        position = at;
        return true;
    }

    /// <summary>Anchors, lookaround and atomic groups.</summary>
    private bool Zero(in PatternInstruction instruction, int pc, ref int position)
    {
        switch (instruction.Op)
        {
            case PatternOp.Anchor:
                return IsAt((AnchorKind)instruction.X, position);
            case PatternOp.LookAhead:
                return Run(pc + 1, position) >= 0 == (instruction.Y == 0);
            case PatternOp.LookBehind:
                return LookBehind(in instruction, pc + 1, position) == (instruction.Y == 0);
            default:
                int end = Run(pc + 1, position);
                position = Math.Max(end, position);
                return end >= 0;
        }
    }

    private bool LookBehind(in PatternInstruction instruction, int body, int position)
    {
        _registers[instruction.Behind.Register] = position;
        int start = position;
        for (int count = 0; count <= instruction.Behind.Max; count++)
        {
            if (count >= instruction.Behind.Min && Run(body, start) >= 0)
                return true;
            if (start == 0)
                return false;
            start -= LengthBefore(start);
        }
        return false;
    }

    private readonly bool IsAt(AnchorKind kind, int position) => kind switch
    {
        AnchorKind.TextStart => position == 0,
        AnchorKind.TextEnd => position == _text.Length,
        AnchorKind.LineStart => position == 0 || (_text[position - 1] == '\n' && position < _text.Length),
        AnchorKind.LineEnd => position == _text.Length || _text[position] == '\n',
        AnchorKind.TextEndOrFinalNewline => position == _text.Length || (position == _text.Length - 1 && _text[position] == '\n'),
        AnchorKind.WordBoundary => IsWordBoundary(position),
        _ => !IsWordBoundary(position),
    };

    private readonly bool IsWordBoundary(int position)
    {
        bool before = position > 0 && UnicodeSets.Word.Contains(CodePointAt(position - LengthBefore(position)));
        bool after = position < _text.Length && UnicodeSets.Word.Contains(CodePointAt(position));
        return before != after;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int CodePointAt(int position)
    {
        char c = _text[position];
        return char.IsHighSurrogate(c) ? char.ConvertToUtf32(c, _text[position + 1]) : c;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly int LengthAt(int position) => char.IsHighSurrogate(_text[position]) ? 2 : 1;

    private readonly int LengthBefore(int position) => char.IsLowSurrogate(_text[position - 1]) ? 2 : 1;

    private void Push(Frame frame)
    {
        if (_depth == _stack.Length)
        {
            Frame[] larger = ArrayPool<Frame>.Shared.Rent(_stack.Length * 2);
            _stack.CopyTo(larger, 0);
            ArrayPool<Frame>.Shared.Return(_stack);
            _stack = larger;
        }
        _stack[_depth++] = frame;
    }

    private record struct Frame(FrameKind Kind, int Pc, int Position, long Extra);
}
