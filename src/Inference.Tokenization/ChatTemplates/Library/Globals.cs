using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Values;

namespace Inference.Tokenization.ChatTemplates.Library;

/// <summary>Functions that every template finds: Jinja2's and those that transformers adds.</summary>
internal static class Globals
{
    /// <summary>The outermost scope; shared by all renders, which never set anything in it.</summary>
    public static Scope Scope { get; } = Build(
        new Builtin("range", "start stop? step?", Range),
        new Builtin("namespace", "from? **", a => new NamespaceValue(MakeDict(a))),
        new Builtin("dict", "from? **", MakeDict),
        new Builtin("cycler", "*", a => a.Rest.Count > 0 ? new CyclerValue(a.Rest) : throw TemplateFault.Runtime("cycler() needs an item")),
        new Builtin("joiner", "sep?", a => new JoinerValue(a.Has(0) ? a[0] : ", ")),
        new Builtin("raise_exception", "message", a => throw TemplateFault.Raised(a.Text(0))),
        new Builtin("strftime_now", "format", StrftimeNow));

    private static Scope Build(params IEnumerable<Builtin> functions)
    {
        var scope = new Scope(null);
        foreach (var function in functions)
        {
            scope.Set(function.Name, function);
        }

        return scope;
    }

    private static RangeValue Range(Arguments a)
    {
        const long Bound = 1L << 60; // keeps the arithmetic below from overflowing
        var (start, stop, step) = a.Has(1) ? (a.Integer(0), a.Integer(1), a.Integer(2, 1)) : (0, a.Integer(0), 1);
        if (step == 0)
        {
            throw TemplateFault.Runtime("range() arg 3 must not be zero");
        }

        (start, stop, step) = (Math.Clamp(start, -Bound, Bound), Math.Clamp(stop, -Bound, Bound), Math.Clamp(step, -Bound, Bound));
        var distance = step > 0 ? stop - start : start - stop;
        var count = distance <= 0 ? 0 : ((distance - 1) / Math.Abs(step)) + 1;
        var most = a.Context.Limits.MaxRange;
        return count <= most
            ? new RangeValue(start, stop, step, (int)count)
            : throw TemplateFault.Limit($"range too big: more than {most} items");
    }

    private static DictValue MakeDict(Arguments a)
    {
        var dict = new DictValue(0);
        if (a[0] is DictValue other)
        {
            a.Context.ChargeItems(2L * other.Items.Count);
            foreach (var (key, value) in other.Items)
            {
                a.Context.ChargeKey(key);
                dict.Set(key, value);
            }
        }
        else if (a.Has(0))
        {
            foreach (var item in a.Items(0))
            {
                var pair = Iteration.Enumerate(a.Context, item).Take(3).ToList();
                if (pair.Count != 2)
                {
                    throw TemplateFault.Runtime("dict() wants a mapping or pairs");
                }

                a.Context.ChargeKey(pair[0]);
                dict.Set(pair[0], pair[1]);
            }
        }

        foreach (var (key, value) in a.Keywords)
        {
            dict.Set(key, value);
        }

        return dict;
    }

    private static string StrftimeNow(Arguments a) => Strftime.Format(
        a.Context,
        a.String(0),
        a.Context.Now ?? throw TemplateFault.Runtime("strftime_now() is not available: no time was given to the render"));
}
