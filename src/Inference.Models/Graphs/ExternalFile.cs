namespace Inference.Models.Graphs;

/// <summary>A file of constants beside the model.</summary>
/// <param name="Name">Its path relative to the model's folder.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct ExternalFile(string Name, long Length);
