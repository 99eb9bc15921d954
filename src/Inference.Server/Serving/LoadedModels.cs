using System.Collections.Immutable;

namespace Inference.Server.Serving;

/// <summary>All models of a server, ready to run, each kind in the order in which they were asked for.</summary>
/// <param name="Decoders">Those that generate text.</param>
/// <param name="Embedders">Those that make vectors of texts.</param>
internal sealed record LoadedModels(ImmutableArray<LoadedModel> Decoders, ImmutableArray<LoadedEmbedder> Embedders);
