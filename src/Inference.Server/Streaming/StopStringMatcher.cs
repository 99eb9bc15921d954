using System.Collections.Immutable;
using System.Text;

namespace Inference.Server.Streaming;

/// <summary>
/// Finds the first of several stop strings in text that arrives in pieces, and holds back what could still become one.
/// The stop string that is complete earliest wins; of several complete at the same character, the first in the list.
/// </summary>
/// <remarks>
/// An Aho–Corasick automaton (Aho and Corasick, "Efficient string matching", CACM 18(6), 1975): the depth of its state is the length of
/// the longest end of the text that begins a stop string, which is exactly what has to be held back. Linear in the text.
/// </remarks>
internal sealed class StopStringMatcher
{
    private readonly ImmutableArray<string> _stops;
    private readonly StopStringAutomaton _automaton;
    private readonly bool _includeStop;
    private readonly StringBuilder _held = new();
    private int _state;

    /// <summary>For one text.</summary>
    /// <param name="stops">Not empty, each not empty.</param>
    /// <param name="automaton">Built from <paramref name="stops"/>; may be shared.</param>
    /// <param name="includeStop">Whether the released text ends with the stop string.</param>
    public StopStringMatcher(ImmutableArray<string> stops, StopStringAutomaton automaton, bool includeStop)
    {
        _stops = stops;
        _automaton = automaton;
        _includeStop = includeStop;
    }

    /// <summary>The stop string that was found, or null.</summary>
    public string? Match { get; private set; }

    /// <summary>Takes the next piece, and returns the text that is now certain to belong to the output.</summary>
    public string Append(string piece)
    {
        if (Match is not null)
        {
            return "";
        }

        for (var i = 0; i < piece.Length; i++)
        {
            _state = _automaton.Next(_state, piece[i]);
            if (_automaton.StopAt(_state) is { } index)
            {
                Match = _stops[index];
                _held.Append(piece, 0, i + 1);
                return _held.ToString(0, _held.Length - (_includeStop ? 0 : Match.Length));
            }
        }

        var depth = _automaton.Depth(_state);
        if (depth == 0 && _held.Length == 0)
        {
            return piece;
        }

        _held.Append(piece);
        var released = _held.ToString(0, _held.Length - depth);
        _held.Remove(0, released.Length);
        return released;
    }

    /// <summary>Releases a piece without looking for stop strings in it, nor in what came before.</summary>
    public string Skip(string piece)
    {
        _state = 0;
        return piece;
    }

    /// <summary>The text is complete: returns what was held back.</summary>
    public string Flush()
    {
        var rest = Match is null ? _held.ToString() : "";
        _held.Clear();
        return rest;
    }
}
