using Inference.Engine.Requests;

namespace Inference.Server.Validation;

/// <summary>The checked fields that do not depend on a prompt.</summary>
/// <param name="N">Choices per prompt.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="Text">How they become text.</param>
internal sealed record GenerationSettings(int N, SamplingParameters Sampling, TextOptions Text);
