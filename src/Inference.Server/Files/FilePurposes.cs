using System.Collections.Frozen;

namespace Inference.Server.Files;

/// <summary>What files are for.</summary>
internal static class FilePurposes
{
    /// <summary>Requests of a batch.</summary>
    public const string Batch = "batch";

    /// <summary>Results of a batch.</summary>
    public const string BatchOutput = "batch_output";

    /// <summary>What may be uploaded.</summary>
    public static FrozenSet<string> Accepted { get; } = FrozenSet.Create("assistants", Batch, "fine-tune", "vision", "user_data", "evals");
}
