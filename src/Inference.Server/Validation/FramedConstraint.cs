using System.Collections.Frozen;
using Inference.Engine.Requests;

namespace Inference.Server.Validation;

/// <summary>
/// A constraint on what follows the reasoning, where a tool call may stand in its place: the reasoning is free, but it cannot end the whole
/// answer; a call is free from its mark on; everything else is held to the constraint from its first token.
/// </summary>
internal sealed class FramedConstraint : ITokenConstraint
{
    private readonly ITokenConstraint _answer;
    private readonly AnswerFrame _frame;
    private readonly FrozenSet<int> _endTokens;
    private Phase _phase;

    /// <summary>At the output's beginning.</summary>
    public FramedConstraint(ITokenConstraint answer, AnswerFrame frame, FrozenSet<int> endTokens)
        : this(answer, frame, endTokens, frame.StartsReasoning ? Phase.Reasoning : Phase.Opening)
    {
    }

    private FramedConstraint(ITokenConstraint answer, AnswerFrame frame, FrozenSet<int> endTokens, Phase phase) =>
        (_answer, _frame, _endTokens, _phase) = (answer, frame, endTokens, phase);

    private enum Phase
    {
        /// <summary>Reasoning, a call or the answer may begin.</summary>
        Opening,

        /// <summary>Within the reasoning.</summary>
        Reasoning,

        /// <summary>A call or the answer must begin.</summary>
        Beginning,

        /// <summary>Within the answer.</summary>
        Answer,

        /// <summary>Within a call.</summary>
        Call,
    }

    /// <inheritdoc/>
    public bool IsFinished => _phase == Phase.Answer && _answer.IsFinished;

    /// <inheritdoc/>
    public void FillMask(Span<uint> mask)
    {
        switch (_phase)
        {
            case Phase.Reasoning:
                mask.Fill(uint.MaxValue);
                foreach (var token in _endTokens)
                {
                    // A checkpoint may name one beyond its vocabulary.
                    if (token >> 5 < mask.Length)
                    {
                        mask[token >> 5] &= ~(1u << (token & 31));
                    }
                }

                break;
            case Phase.Call:
                mask.Fill(uint.MaxValue);
                break;
            default:
                _answer.FillMask(mask);
                AllowBeginnings(mask);
                break;
        }
    }

    /// <inheritdoc/>
    public void Accept(int tokenId)
    {
        switch (_phase)
        {
            case Phase.Reasoning:
                _phase = tokenId == _frame.CloseReasoning ? Phase.Beginning : Phase.Reasoning;
                break;
            case Phase.Call:
                break;
            case Phase.Opening when tokenId == _frame.OpenReasoning:
                _phase = Phase.Reasoning;
                break;
            case Phase.Opening or Phase.Beginning when _frame.ToolMarks.Contains(tokenId):
                _phase = Phase.Call;
                break;
            default:
                _phase = Phase.Answer;
                _answer.Accept(tokenId);
                break;
        }
    }

    /// <inheritdoc/>
    public bool TryGetForced(out int tokenId)
    {
        tokenId = 0;
        var hasChoice = _phase is Phase.Reasoning or Phase.Call or Phase.Opening || (_phase == Phase.Beginning && !_frame.ToolMarks.IsEmpty);
        return !hasChoice && _answer.TryGetForced(out tokenId);
    }

    /// <inheritdoc/>
    public ITokenConstraint Fork() => new FramedConstraint(_answer.Fork(), _frame, _endTokens, _phase);

    private void AllowBeginnings(Span<uint> mask)
    {
        if (_phase == Phase.Opening && _frame.OpenReasoning is { } open)
        {
            Allow(mask, open);
        }

        if (_phase is Phase.Opening or Phase.Beginning)
        {
            foreach (var token in _frame.ToolMarks)
            {
                Allow(mask, token);
            }
        }
    }

    private static void Allow(Span<uint> mask, int token) => mask[token >> 5] |= 1u << (token & 31);
}
