using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A macro with the scope it was defined in.</summary>
internal sealed class MacroValue(MacroDefinition definition, Scope closure) : Callable
{
    public override string TypeName => "Macro";

    public string Name => definition.Name;

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "name" => definition.Name,
            "arguments" => new TupleValue([.. definition.Parameters.Select(p => p.Name)]),
            "caller" => definition.AcceptsCaller,
            "catch_kwargs" => definition.AcceptsKeywordArgs,
            "catch_varargs" => definition.AcceptsVarArgs,
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    public override object? Call(RenderContext context, CallArguments arguments)
    {
        var scope = new Scope(closure);
        var unbound = arguments.Keywords.ToList();
        var line = context.Line;
        var text = context.Capture(scope, () =>
        {
            BindParameters(context, scope, arguments.Positional, unbound);
            BindImplicit(scope, arguments.Positional, unbound);
            return context.Execute(definition.Body);
        });
        context.Line = line;
        return text;
    }

    private void BindParameters(
        RenderContext context,
        Scope scope,
        IReadOnlyList<object?> positional,
        List<KeyValuePair<string, object?>> unbound)
    {
        for (var i = 0; i < definition.Parameters.Count; i++)
        {
            var parameter = definition.Parameters[i];
            context.Charge(1 + (i < positional.Count ? 0 : unbound.Count));
            var keyword = i < positional.Count ? -1 : unbound.FindIndex(k => k.Key == parameter.Name);
            if (i < positional.Count)
            {
                scope.Set(parameter.Name, positional[i]);
            }
            else if (keyword >= 0)
            {
                scope.Set(parameter.Name, unbound[keyword].Value);
                unbound.RemoveAt(keyword);
            }
            else
            {
                scope.Set(parameter.Name, parameter.Default is { } value
                    ? context.Evaluate(value)
                    : new Undefined($"parameter '{parameter.Name}' was not provided"));
            }
        }
    }

    private void BindImplicit(Scope scope, IReadOnlyList<object?> positional, List<KeyValuePair<string, object?>> unbound)
    {
        if (definition.AcceptsCaller)
        {
            var caller = unbound.FindIndex(k => k.Key == "caller");
            scope.Set("caller", caller >= 0 ? unbound[caller].Value : new Undefined("No caller defined"));
            unbound.RemoveAll(k => k.Key == "caller");
        }

        if (definition.AcceptsKeywordArgs)
        {
            var keywords = new DictValue(unbound.Count);
            unbound.ForEach(k => keywords.Set(k.Key, k.Value));
            scope.Set("kwargs", keywords);
        }
        else if (unbound.Count > 0)
        {
            throw TemplateFault.Runtime($"macro '{Name}' takes no keyword argument '{unbound[0].Key}'");
        }

        if (definition.AcceptsVarArgs)
        {
            scope.Set("varargs", new TupleValue([.. positional.Skip(definition.Parameters.Count)]));
        }
        else if (positional.Count > definition.Parameters.Count)
        {
            throw TemplateFault.Runtime($"macro '{Name}' takes not more than {definition.Parameters.Count} argument(s)");
        }
    }
}
