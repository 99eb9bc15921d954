using System.Text;
using Inference.Server.Parsing;

namespace Inference.Server.Tests.Parsing;

/// <summary>Parses an output in pieces and writes down what came of it.</summary>
internal static class ParsedOutput
{
    /// <summary>
    /// The parts as text, neighbours of one kind joined: "content", "&lt;reasoning&gt;", "name(arguments)". Fails unless every way to cut the
    /// output in two, and character by character, gives the same.
    /// </summary>
    public static string Of(string output, OutputParsing options)
    {
        var whole = Parse([output], options);
        for (var cut = 1; cut < output.Length; cut++)
        {
            Assert.Equal(whole, Parse([output[..cut], output[cut..]], options));
        }

        Assert.Equal(whole, Parse(output.Select(symbol => symbol.ToString()), options));
        return whole;
    }

    private static string Parse(IEnumerable<string> pieces, OutputParsing options)
    {
        var parser = options.CreateParser();
        var parts = new List<MessagePart>();
        foreach (var piece in pieces)
        {
            parser.Append(piece);
            parts.AddRange(parser.Take() ?? []);
        }

        parser.Finish();
        parts.AddRange(parser.Take() ?? []);
        Assert.All(parts, part => Assert.NotEqual("", part.Text));
        Assert.Equal(parts.Exists(part => part.Kind == MessagePartKind.Call), parser.HasToolCalls);
        return Describe(parts);
    }

    private static string Describe(List<MessagePart> parts)
    {
        var text = new StringBuilder();
        MessagePartKind? last = null;
        var calls = 0;
        foreach (var part in parts)
        {
            if (last != part.Kind || part.Kind == MessagePartKind.Call)
            {
                text.Append(Close(last, part.Kind)).Append(part.Kind == MessagePartKind.Reasoning ? "<" : "");
            }

            calls += part.Kind == MessagePartKind.Call ? 1 : 0;
            Assert.True(part.Kind is not (MessagePartKind.Call or MessagePartKind.Arguments) || part.CallIndex == calls - 1);
            text.Append(part.Text);
            last = part.Kind;
        }

        return text.Append(Close(last, null)).ToString();
    }

    private static string Close(MessagePartKind? last, MessagePartKind? next) => (last, next) switch
    {
        (MessagePartKind.Reasoning, _) => ">",
        (MessagePartKind.Call, MessagePartKind.Arguments) => "(",
        (MessagePartKind.Arguments, _) => ")",
        _ => "",
    };
}
