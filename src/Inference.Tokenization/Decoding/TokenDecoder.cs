using System.Text;

namespace Inference.Tokenization.Decoding;

/// <summary>Makes the chain of stages of one stream. Immutable and thread-safe.</summary>
/// <param name="stages">The stages in order; at least one.</param>
internal sealed class TokenDecoder(IReadOnlyList<DecoderStep> stages)
{
    /// <summary>Whether tokens spell bytes in the <see cref="ByteAlphabet"/>.</summary>
    public bool IsByteLevel { get; } = stages.Any(static step => step.Create(false) is ByteLevelStage);

    /// <summary>Whether tokens such as &lt;0x41&gt; are bytes.</summary>
    public bool HasByteFallback { get; } = stages.Any(static step => step.Create(false) is ByteFallbackStage);

    /// <summary>A new chain that appends what it decodes to <paramref name="output"/>; its first stage.</summary>
    public DecoderStage Start(StringBuilder output)
    {
        List<DecoderStage> chain = [];
        bool fused = false;
        foreach (DecoderStep step in stages)
        {
            if (fused && !step.TakesFragments)
                chain.Add(new CollectStage());
            chain.Add(step.Create(fused));
            fused |= step.Fuses;
        }
        for (int i = 0; i + 1 < chain.Count; i++)
            chain[i].ConnectTo(chain[i + 1]);
        chain[^1].ConnectTo(output);
        return chain[0];
    }
}
