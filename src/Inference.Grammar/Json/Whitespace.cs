using Inference.Grammar.Automata;

namespace Inference.Grammar.Json;

/// <summary>
/// The whitespace that answers may have: what writers of JSON put there, compact or indented, and no more, for a model could go on with it
/// for ever. A space, or a new line with up to <see cref="MaxIndent"/> spaces or tabs, at either end of an object or array and after a
/// comma; one space after a colon; none elsewhere.
/// </summary>
internal sealed class Whitespace
{
    private const int MaxIndent = 20;

    private readonly AutomatonBuilder _builder;
    private readonly int _gap;

    public Whitespace(AutomatonBuilder builder)
    {
        _builder = builder;
        _gap = builder.NewRule("whitespace");
        var (start, end) = (builder.StartOf(_gap), builder.EndOf(_gap));
        builder.AddEmpty(start, end);
        builder.AddBytes(start, (byte)' ', (byte)' ', end);
        var line = builder.Literal(start, "\n"u8);
        for (var i = 0; i <= MaxIndent; i++)
        {
            builder.AddEmpty(line, end);
            if (i == MaxIndent)
                break;
            var next = builder.NewState();
            builder.AddBytes(line, (byte)' ', (byte)' ', next);
            builder.AddBytes(line, (byte)'\t', (byte)'\t', next);
            line = next;
        }
    }

    /// <summary>Between tokens of objects and arrays.</summary>
    public int Gap(int from) => _builder.Call(from, _gap);

    /// <summary>After a colon.</summary>
    public int AfterColon(int from)
    {
        var to = _builder.Literal(from, " "u8);
        var end = _builder.NewState();
        _builder.AddEmpty(from, end);
        _builder.AddEmpty(to, end);
        return end;
    }
}
