using System.Text;

namespace Inference.Tokenization.Decoding;

/// <summary>
/// One stage of decoding a stream of tokens: it takes tokens in order and hands on text as soon as nothing to come can change it. A stage
/// after one that fuses takes fragments of one single token instead (<c>fused</c>). Not thread-safe; one chain per stream.
/// </summary>
internal abstract class DecoderStage
{
    private DecoderStage? _next;
    private StringBuilder? _output;

    /// <summary>Sends this stage's tokens to another.</summary>
    public void ConnectTo(DecoderStage next) => _next = next;

    /// <summary>Appends this stage's tokens to the decoded text.</summary>
    public void ConnectTo(StringBuilder output) => _output = output;

    /// <summary>Takes the next token.</summary>
    public abstract void Push(string token);

    /// <summary>
    /// The stream is over: hands on what was held back, then ends the stages after this one. The chain cannot be used again.
    /// </summary>
    public void Finish()
    {
        EndStream();
        _next?.Finish();
    }

    /// <summary>Hands on what was held back.</summary>
    protected virtual void EndStream()
    {
    }

    protected void Emit(string token)
    {
        if (_next is not null)
            _next.Push(token);
        else
            _output!.Append(token);
    }
}
