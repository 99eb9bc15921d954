namespace Inference.Server.Parsing;

/// <summary>
/// Takes one choice's output apart as it comes: reasoning, content, tool calls. However the output is cut into pieces, the parts are the same
/// but for where they are cut. Pure.
/// </summary>
internal sealed class OutputParser
{
    private readonly MessageParts _parts;
    private readonly ReasoningParser? _reasoning;
    private readonly ToolCallParser? _tools;

    /// <summary>For one choice.</summary>
    public OutputParser(OutputParsing options)
    {
        _parts = new MessageParts(options.IsParallel, options.IncludesReasoning, options.Tools is not null);
        _reasoning = options.HasReasoning ? new ReasoningParser(_parts, options.StartsReasoning) : null;
        _tools = options.Tools?.CreateParser(_parts);
    }

    /// <summary>Whether what comes next is reasoning.</summary>
    public bool IsReasoning => _reasoning is { IsDone: false, IsInside: true };

    /// <summary>Whether a tool was called.</summary>
    public bool HasToolCalls => _parts.CallCount > 0;

    /// <summary>Takes the next piece of output.</summary>
    public void Append(string text)
    {
        foreach (var symbol in text)
        {
            if (_reasoning is { IsDone: false })
            {
                Continue(_reasoning.Append(symbol));
            }
            else
            {
                Answer(symbol);
            }
        }
    }

    /// <summary>The output is complete.</summary>
    public void Finish()
    {
        if (_reasoning is { IsDone: false })
        {
            Continue(_reasoning.Finish());
        }

        _tools?.Finish();
        _parts.Finish();
    }

    /// <summary>What the message has gained since the last call; null when that is nothing.</summary>
    public IReadOnlyList<MessagePart>? Take() => _parts.Take();

    // What the reasoning gave back is the answer's.
    private void Continue(string answer)
    {
        foreach (var symbol in answer)
        {
            Answer(symbol);
        }
    }

    private void Answer(char symbol)
    {
        if (_tools is null)
        {
            _parts.AddContent(symbol);
        }
        else
        {
            _tools.Append(symbol);
        }
    }
}
