using Inference.Engine.Requests;

namespace Inference.Server.Serving.Lora;

/// <summary>An adapter under the name that requests use.</summary>
/// <param name="Name">The name.</param>
/// <param name="Adapter">Its weights.</param>
/// <param name="LoadedAt">When the server loaded it.</param>
internal sealed record ServedAdapter(string Name, Adapter Adapter, DateTimeOffset LoadedAt);
