using System.Collections.Frozen;
using Inference.Engine.Requests;
using Inference.Server.Validation;

namespace Inference.Server.Tests.Validation;

public sealed class FramedConstraintTests
{
    private const int Vocabulary = 40;
    private const int End = 0;
    private const int Open = 1;
    private const int Close = 2;
    private const int Mark = 3;
    private const int Word = 33;

    private static readonly AnswerFrame Frame = new() { OpenReasoning = Open, CloseReasoning = Close, ToolMarks = [Mark] };

    [Fact]
    public void FillMask_AtTheBeginning_AllowsTheAnswerAndWhatMayStandBefore() => Assert.Equal([Open, Mark, Word], Allowed(Create(Frame)));

    [Fact]
    public void FillMask_WithinReasoning_AllowsEverythingButTheEnd()
    {
        var constraint = Create(Frame with { StartsReasoning = true });

        Assert.Equal(Enumerable.Range(1, Vocabulary - 1), Allowed(constraint));
        constraint.Accept(Open);
        constraint.Accept(Word);
        Assert.Equal(Enumerable.Range(1, Vocabulary - 1), Allowed(constraint));
        Assert.False(constraint.TryGetForced(out _));
    }

    [Fact]
    public void FillMask_AfterReasoning_AllowsTheAnswerOrACall()
    {
        var constraint = Create(Frame);
        constraint.Accept(Open);
        constraint.Accept(Close);

        Assert.Equal([Mark, Word], Allowed(constraint));
        constraint.Accept(Word);
        Assert.Equal([End], Allowed(constraint));
        Assert.True(constraint.IsFinished);
    }

    [Fact]
    public void FillMask_WithinACall_AllowsEverything()
    {
        var constraint = Create(Frame);
        constraint.Accept(Mark);
        constraint.Accept(Word);

        Assert.Equal(Enumerable.Range(0, Vocabulary), Allowed(constraint));
        Assert.False(constraint.IsFinished);
    }

    [Fact]
    public void TryGetForced_OnlyWhereNothingElseMayBegin_TellsTheAnswers()
    {
        var constraint = Create(Frame with { ToolMarks = [] });

        Assert.False(constraint.TryGetForced(out _));
        constraint.Accept(Open);
        Assert.False(constraint.TryGetForced(out _));
        constraint.Accept(Close);
        Assert.True(constraint.TryGetForced(out var token));
        Assert.Equal(Word, token);
    }

    [Fact]
    public void Fork_GoesOnByItself()
    {
        var constraint = Create(Frame);
        var fork = constraint.Fork();
        fork.Accept(Open);

        Assert.Equal([Open, Mark, Word], Allowed(constraint));
        Assert.Contains(Close, Allowed(fork));
    }

    private static FramedConstraint Create(AnswerFrame frame) => new(new OneWord(), frame, new[] { End, 9999 }.ToFrozenSet());

    private static int[] Allowed(ITokenConstraint constraint)
    {
        var mask = new uint[(Vocabulary + 31) / 32];
        constraint.FillMask(mask);
        return [.. Enumerable.Range(0, Vocabulary).Where(id => (mask[id / 32] >> (id % 32) & 1) != 0)];
    }

    /// <summary>The answer is one word.</summary>
    private sealed class OneWord : ITokenConstraint
    {
        public bool IsFinished { get; private set; }

        public void FillMask(Span<uint> mask)
        {
            mask.Clear();
            var token = IsFinished ? End : Word;
            mask[token / 32] |= 1u << (token % 32);
        }

        public void Accept(int tokenId) => IsFinished = tokenId == Word;

        public bool TryGetForced(out int tokenId)
        {
            tokenId = Word;
            return !IsFinished;
        }

        public ITokenConstraint Fork() => new OneWord { IsFinished = IsFinished };
    }
}
