using Inference.Tokenization.ChatTemplates.Parsing;
using Inference.Tokenization.ChatTemplates.Runtime;
using Inference.Tokenization.ChatTemplates.Syntax;

namespace Inference.Tokenization.ChatTemplates;

/// <summary>
/// A model's chat template: Jinja2 as Hugging Face transformers renders it (immutable sandbox, <c>trim_blocks</c>, <c>lstrip_blocks</c>,
/// loop controls, its own <c>tojson</c>). Parsed once, immutable, and rendered from any number of threads at a time.
/// </summary>
public sealed class ChatTemplate
{
    private readonly IReadOnlyList<Statement> _body;
    private readonly TemplateLimits _limits;

    private ChatTemplate(IReadOnlyList<Statement> body, TemplateLimits limits)
    {
        _body = body;
        _limits = limits;
    }

    /// <summary>Parses a template.</summary>
    /// <param name="source">The template's text, as in <c>chat_template</c> of tokenizer_config.json.</param>
    /// <exception cref="ChatTemplateException">The template is malformed, too long or nested too deeply; names the line.</exception>
    public static ChatTemplate Parse(string source) => Parse(source, TemplateLimits.Default);

    /// <summary>Renders a conversation to the prompt's text.</summary>
    /// <exception cref="ChatTemplateException">
    /// The template refused the input (<see cref="ChatTemplateErrorKind.Raised"/>), the input cannot be used, an operation failed, or a
    /// limit was met.
    /// </exception>
    public string Render(ChatTemplateInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var context = new RenderContext(_limits, input.Now);
        try
        {
            context.Scope = TemplateVariables.Bind(input);
            context.Execute(_body);
            return context.TakeOutput();
        }
        catch (TemplateFault fault)
        {
            throw fault.ToException(context.Line);
        }
        catch (InsufficientExecutionStackException)
        {
            throw TemplateFault.TooDeep().ToException(context.Line);
        }
    }

    internal static ChatTemplate Parse(string source, TemplateLimits limits)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            if (source.Length > limits.MaxSourceLength)
            {
                throw TemplateFault.Limit($"the template has {source.Length} characters, more than {limits.MaxSourceLength}");
            }

            var tokens = new Lexer(source).Tokenize();
            return new ChatTemplate(new StatementParser(new TokenReader(tokens, limits.MaxNesting)).ParseTemplate(), limits);
        }
        catch (TemplateFault fault)
        {
            throw fault.ToException(line: 0);
        }
    }
}
