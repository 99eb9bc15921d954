namespace Inference.Server.Admission;

/// <summary>Whose request it is: which of the API keys it showed. Requests carry it as a feature.</summary>
/// <param name="Name">Tells the keys apart without naming them: "key 0".</param>
/// <param name="Weight">The key's share under the policy "fair".</param>
internal sealed record ClientIdentity(string Name, double Weight)
{
    /// <summary>Where no keys are asked for, everybody is one client.</summary>
    public static ClientIdentity Anyone { get; } = new("anyone", 1);
}
