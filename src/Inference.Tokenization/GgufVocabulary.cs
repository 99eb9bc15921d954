namespace Inference.Tokenization;

/// <summary>Where a GGUF file keeps its tokenizer.</summary>
/// <param name="Path">The file's path, for messages.</param>
/// <param name="Metadata">
/// Its key-value pairs, each value boxed as the type that it has in the file, an array as an array of that type.
/// </param>
public sealed record GgufVocabulary(string Path, IReadOnlyDictionary<string, object> Metadata);
