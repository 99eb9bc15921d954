using Inference.Grammar.Automata;
using Inference.Grammar.Vocabulary;

namespace Inference.Grammar.Matching;

/// <summary>
/// States that take every plain character, and that all of them lead to one and the same state: found by looking at edges of bytes alone,
/// where following each character through configurations would cost much more.
/// </summary>
/// <param name="automaton">Whose states.</param>
/// <param name="alphabet">For each byte whether any token has it.</param>
internal sealed class PlainWays(Automaton automaton, bool[] alphabet)
{
    private const int None = -1;

    /// <summary>The target of each state and one; 0: not known yet.</summary>
    private readonly int[] _targets = new int[automaton.StateCount];

    /// <summary>Where every plain character leads from a state; null: not every one does, or not to one state.</summary>
    public int? Target(int state)
    {
        if (_targets[state] == 0)
            _targets[state] = Find(state) is { } found ? found + 1 : None;
        return _targets[state] == None ? null : _targets[state] - 1;
    }

    private int? Find(int state)
    {
        var ends = new HashSet<int>();
        foreach (var spelling in PlainText.Spellings)
        {
            HashSet<int> current = [state];
            foreach (var (low, high) in spelling)
            {
                if (!TryAdvance(current, low, high, out current))
                    return null;
                // No token has any of these bytes.
                if (current.Count == 0)
                    break;
            }

            ends.UnionWith(current);
            if (ends.Count > 1)
                return null;
        }

        return ends.Count == 1 ? ends.First() : null;
    }

    private bool TryAdvance(HashSet<int> from, byte low, byte high, out HashSet<int> to)
    {
        to = [];
        foreach (var state in from)
        {
            for (int value = low; value <= high; value++)
            {
                var isTaken = !alphabet[value];
                foreach (var edge in automaton.Edges(state))
                {
                    if (!edge.Takes((byte)value))
                        continue;
                    isTaken = true;
                    to.Add(edge.Target);
                }

                if (!isTaken)
                    return false;
            }
        }

        return true;
    }
}
