namespace Inference.Engine.Scheduling;

/// <summary>What one client was served.</summary>
/// <param name="index">Tells equals apart.</param>
internal sealed class ClientAccount(int index)
{
    public int Index => index;

    /// <summary>Tokens computed for it, each divided by the weight of its request; raised when it comes back after a pause.</summary>
    public double Served { get; set; }

    /// <summary>Requests that have not ended.</summary>
    public int Live { get; set; }
}
