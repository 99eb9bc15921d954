using System.Text;

namespace Inference.Tokenization.Decoding;

/// <summary>Puts the fragments of one token together for a stage that needs it whole.</summary>
internal sealed class CollectStage : DecoderStage
{
    private readonly StringBuilder _token = new();

    public override void Push(string token) => _token.Append(token);

    protected override void EndStream() => Emit(_token.ToString());
}
