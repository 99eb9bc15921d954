namespace Inference.Server.Admission;

/// <summary>Whose request it is: which of the API keys it showed. Requests carry it as a feature.</summary>
/// <param name="Name">Tells the keys apart without naming them: "key 0".</param>
/// <param name="Weight">The key's share under the policy "fair".</param>
internal sealed record ClientIdentity(string Name, double Weight)
{
    /// <summary>Where no keys are asked for, everybody is one client.</summary>
    public static ClientIdentity Anyone { get; } = new("anyone", 1);

    /// <summary>Names the key for as long as it is the same key, whatever else changes: whose stored things are whose.</summary>
    public string Owner { get; init; } = "";

    /// <summary>Whether nobody waits for it: it comes after all others, and their limits are not its.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whose request it is.</summary>
    public static ClientIdentity Of(HttpContext context) => context.Features.Get<ClientIdentity>() ?? Anyone;
}
