using System.Runtime.CompilerServices;
using System.Text;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates.Runtime;

/// <summary>The state of one render: scope, output, and what is left of the budget. Used by one thread.</summary>
internal sealed class RenderContext(TemplateLimits limits, DateTimeOffset? now)
{
    private StringBuilder _output = new();
    private long _steps;
    private int _depth;

    public TemplateLimits Limits => limits;

    /// <summary>The local time for <c>strftime_now</c>.</summary>
    public DateTimeOffset? Now => now;

    public Scope Scope { get; set; } = new(null);

    /// <summary>The line of the statement under way, for messages.</summary>
    public int Line { get; set; }

    public object? Evaluate(Expression expression)
    {
        Enter();
        var value = expression.Evaluate(this);
        _depth--;
        return value;
    }

    public object?[] EvaluateAll(IReadOnlyList<Expression> expressions)
    {
        var values = new object?[expressions.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Evaluate(expressions[i]);
        }

        return values;
    }

    /// <summary>Executes statements until one leaves the loop's turn.</summary>
    public Flow Execute(IReadOnlyList<Statement> body)
    {
        Enter();
        var flow = Flow.Next;
        for (var i = 0; i < body.Count && flow == Flow.Next; i++)
        {
            Charge(1);
            var statement = body[i];
            Line = statement.Line > 0 ? statement.Line : Line;
            flow = statement.Execute(this);
        }

        _depth--;
        return flow;
    }

    /// <summary>Executes statements whose variables stay inside.</summary>
    public Flow ExecuteScoped(IReadOnlyList<Statement> body)
    {
        var outer = Scope;
        Scope = new Scope(outer);
        var flow = Execute(body);
        Scope = outer;
        return flow;
    }

    /// <summary>What statements write, in a scope of their own.</summary>
    public string Capture(IReadOnlyList<Statement> body, Scope scope, out Flow flow)
    {
        var ended = Flow.Next;
        var text = Capture(scope, () => ended = Execute(body));
        flow = ended;
        return text;
    }

    /// <summary>What an action writes, in a scope of its own.</summary>
    public string Capture(Scope scope, Func<Flow> action)
    {
        var (outerScope, outerOutput) = (Scope, _output);
        (Scope, _output) = (scope, new StringBuilder());
        action();
        var text = _output.ToString();
        (Scope, _output) = (outerScope, outerOutput);
        return text;
    }

    public void Write(string text)
    {
        ChargeText((long)_output.Length + text.Length, text.Length);
        _output.Append(text);
    }

    public string TakeOutput() => _output.ToString();

    /// <summary>Takes steps from the budget.</summary>
    public void Charge(long steps)
    {
        _steps += steps;
        if (_steps > limits.MaxSteps || steps < 0)
        {
            throw TemplateFault.Limit($"more than {limits.MaxSteps} steps");
        }
    }

    /// <summary>Allows a text of this many characters to be made or read through; call it before making it.</summary>
    public void ChargeText(long length) => ChargeText(length, length);

    /// <summary>Takes a look-up or a parse of the value from the budget: only text takes time with its length.</summary>
    public void ChargeKey(object? key) => ChargeText((key as string)?.Length ?? 0);

    /// <summary>Allows a list of this many items to be made; call it before making it.</summary>
    public void ChargeItems(long count) => Charge(count);

    private void ChargeText(long length, long added)
    {
        if (length > limits.MaxTextLength)
        {
            throw TemplateFault.Limit($"a text of more than {limits.MaxTextLength} characters");
        }

        Charge(added / limits.CharactersPerStep);
    }

    private void Enter()
    {
        Charge(1);
        if (++_depth > limits.MaxDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw TemplateFault.TooDeep();
        }
    }
}
