namespace Inference.Server.Parsing;

/// <summary>The whole output is the arguments of one call: what a request forces that names the tool.</summary>
internal sealed class NamedToolCallParser(MessageParts parts, string name) : ToolCallParser
{
    private bool _hasBegun;

    /// <inheritdoc/>
    public override void Append(char symbol)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            parts.BeginCall(name);
        }

        parts.AddArguments([symbol]);
    }

    /// <inheritdoc/>
    public override void Finish()
    {
    }
}
