using System.Text;

namespace Inference.Server.Parsing;

/// <summary>Finds the tags that separate a model's output, and holds back what could still become one.</summary>
/// <param name="tags">Immutable; may be shared.</param>
internal sealed class TagScanner(TagSet tags)
{
    private readonly StringBuilder _held = new();
    private int _state;

    /// <summary>
    /// Takes the next character. Answers the tag that it completes, or null; <paramref name="released"/> is text before it that is no tag.
    /// </summary>
    public int? Append(char symbol, out string released)
    {
        _held.Append(symbol);
        _state = tags.Automaton.Next(_state, symbol);
        var found = tags.Automaton.StopAt(_state);
        var kept = found is { } index ? tags.Tags[index].Length : tags.Automaton.Depth(_state);
        released = _held.Length == kept ? "" : _held.ToString(0, _held.Length - kept);
        _held.Remove(0, _held.Length - (found is null ? kept : 0));
        _state = found is null ? _state : 0;
        return found;
    }

    /// <summary>Gives back what was held back.</summary>
    public string Flush()
    {
        var rest = _held.ToString();
        _held.Clear();
        _state = 0;
        return rest;
    }
}
