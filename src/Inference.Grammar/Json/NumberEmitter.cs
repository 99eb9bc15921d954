using System.Text;
using Inference.Grammar.Automata;
using Inference.Grammar.Patterns;

namespace Inference.Grammar.Json;

/// <summary>
/// Numbers. Without bounds they have up to 19 digits before the point and 20 after it, and exponents of two digits: whoever reads them as a
/// double or a decimal can, and a model cannot go on with digits for ever. With bounds they have no exponent.
/// </summary>
internal static class NumberEmitter
{
    private const string Integer = "0|-?[1-9][0-9]{0,18}";

    private const string Number = "-?(0|[1-9][0-9]{0,18})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?";

    public static void Emit(AutomatonBuilder builder, NumberFacet facet, int from, int to)
    {
        if (facet.Values is { } values)
        {
            foreach (var (_, text) in values)
                builder.AddEmpty(builder.Literal(from, Encoding.ASCII.GetBytes(text)), to);
        }
        else if (facet is { Minimum: null, Maximum: null, MultipleOf: null })
        {
            builder.AddText(from, RegexCompiler.WholeMatch(facet.IsInteger ? Integer : Number, builder.Budget), TextEncoding.Plain, to);
        }
        else
        {
            foreach (var part in NumberAutomaton.Create(facet, builder.Budget))
                builder.AddText(from, part, TextEncoding.Plain, to);
        }
    }
}
