namespace Inference.LoadTest.Measures;

/// <summary>Tokens of completed requests.</summary>
/// <param name="Prompt">The server's count, or else the data set's.</param>
/// <param name="Output">The server's count, or else the events'.</param>
/// <param name="Asked">Output that was asked for, where it was.</param>
/// <param name="Events">Events with output.</param>
/// <param name="Cached">Of the prompts, those that the server took from its cache; null if it does not say.</param>
/// <param name="PromptMismatches">Requests whose prompt the server counts otherwise than the data set (of prompts of token ids: how many tokens a text is, only the server knows).</param>
/// <param name="OutputMismatches">Requests that did not get as many tokens as they asked for.</param>
internal sealed record TokenCounts(long Prompt, long Output, long Asked, long Events, long? Cached, int PromptMismatches, int OutputMismatches)
{
    /// <summary>1 where each token comes alone; more where a server sends several together.</summary>
    public double PerEvent => Events == 0 ? 0 : (double)Output / Events;
}
