using Inference.Tokenization.ChatTemplates.Runtime;

namespace Inference.Tokenization.ChatTemplates.Values;

/// <summary>A filter, test, method or global function written in C#.</summary>
internal sealed class Builtin : Callable
{
    private readonly Func<Arguments, object?> _body;

    /// <param name="name">For messages.</param>
    /// <param name="signature">
    /// Parameters in order, separated by blanks; <c>?</c> ends an optional one's name, <c>*</c> takes further positional arguments and
    /// <c>**</c> further keywords.
    /// </param>
    /// <param name="body">The function.</param>
    public Builtin(string name, string signature, Func<Arguments, object?> body)
    {
        Name = name;
        _body = body;
        var parameters = signature.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        TakesRest = parameters.Contains("*");
        TakesKeywords = parameters.Contains("**");
        Parameters = [.. parameters.Where(p => p[0] != '*').Select(p => p.TrimEnd('?'))];
        Required = parameters.Count(p => p[0] != '*' && !p.EndsWith('?'));
    }

    public override string TypeName => "builtin_function_or_method";

    public string Name { get; }

    public IReadOnlyList<string> Parameters { get; }

    public int Required { get; }

    public bool TakesRest { get; }

    public bool TakesKeywords { get; }

    public override object? Call(RenderContext context, CallArguments arguments) => _body(Arguments.Bind(context, this, arguments));

    /// <summary>Calls with a first argument put before the others: a filter's input, a method's object.</summary>
    public object? Apply(RenderContext context, object? first, CallArguments arguments) =>
        Call(context, new CallArguments([first, .. arguments.Positional], arguments.Keywords));
}
