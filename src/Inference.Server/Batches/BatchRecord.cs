using Inference.Protocol.OpenAi.Batches;

namespace Inference.Server.Batches;

/// <summary>A batch as it is stored.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Object">As clients see it.</param>
/// <param name="OutputSeconds">How long the files of its results are kept; null: for ever.</param>
internal sealed record BatchRecord(string Owner, BatchObject Object, long? OutputSeconds)
{
    /// <summary>The statuses of a batch that has ended.</summary>
    public static bool IsEnd(string status) => status is "completed" or "failed" or "expired" or "cancelled";
}
