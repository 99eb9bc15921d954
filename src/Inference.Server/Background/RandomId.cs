using System.Security.Cryptography;

namespace Inference.Server.Background;

/// <summary>Ids that nobody can guess.</summary>
internal static class RandomId
{
    private const int Digits = 48;

    /// <summary>A new one.</summary>
    public static string Create(string prefix) => prefix + RandomNumberGenerator.GetHexString(Digits, lowercase: true);
}
