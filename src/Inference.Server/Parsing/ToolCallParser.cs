namespace Inference.Server.Parsing;

/// <summary>
/// Finds tool calls in one choice's output, as a family of models writes them. Takes it character by character, so how it is cut into pieces
/// cannot matter. What only looked like a call is content, to the letter.
/// </summary>
internal abstract class ToolCallParser
{
    /// <summary>Takes the next character of the output.</summary>
    public abstract void Append(char symbol);

    /// <summary>The output is complete: what was held back is content, for it is no call.</summary>
    public abstract void Finish();
}
