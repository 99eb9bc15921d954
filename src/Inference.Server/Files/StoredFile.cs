using Inference.Protocol.OpenAi.Files;

namespace Inference.Server.Files;

/// <summary>A file that is kept.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Object">As clients see it.</param>
internal sealed record StoredFile(string Owner, FileObject Object);
