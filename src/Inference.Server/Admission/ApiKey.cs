namespace Inference.Server.Admission;

/// <summary>A key that requests may show.</summary>
/// <param name="Digest">Its SHA-256: digests have one length, so comparing them takes the same time for all keys.</param>
/// <param name="Client">Whose it is.</param>
internal sealed record ApiKey(byte[] Digest, ClientIdentity Client);
