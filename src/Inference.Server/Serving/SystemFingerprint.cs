using System.Security.Cryptography;
using System.Text;
using Inference.Server.Endpoints;

namespace Inference.Server.Serving;

/// <summary>The field system_fingerprint: changes when what answers changes, so that a seed may give another text.</summary>
internal static class SystemFingerprint
{
    private const int Digits = 10;

    /// <summary>"fp_" and some digits that depend on <paramref name="parts"/> and on the server's version.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        var text = string.Join('\n', [OperationsEndpoints.Version, .. parts]);
        return "fp_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..Digits];
    }
}
