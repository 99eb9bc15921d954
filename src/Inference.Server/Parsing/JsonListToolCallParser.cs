namespace Inference.Server.Parsing;

/// <summary>The whole output is an array of {"name": …, "parameters": …}: what a request forces that leaves the choice of the tools to the model.</summary>
internal sealed class JsonListToolCallParser(MessageParts parts) : ToolCallParser
{
    private readonly JsonCallReader _call = new(parts);
    private bool _isReading;

    /// <inheritdoc/>
    public override void Append(char symbol)
    {
        if (_isReading)
        {
            _isReading = _call.Append(symbol) == JsonCallStatus.Reading;
        }
        else if (symbol == '{')
        {
            _call.Reset();
            _call.Append(symbol);
            _isReading = true;
        }
    }

    /// <inheritdoc/>
    public override void Finish()
    {
    }
}
