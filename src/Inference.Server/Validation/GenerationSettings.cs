using Inference.Engine.Requests;

namespace Inference.Server.Validation;

/// <summary>The checked fields that do not depend on a prompt.</summary>
/// <param name="N">Choices per prompt in the answer.</param>
/// <param name="BestOf">Choices per prompt to generate, of which the best are answered.</param>
/// <param name="IsReportingLogprobs">Whether the answer has log-probabilities.</param>
/// <param name="Sampling">How tokens are chosen.</param>
/// <param name="Text">How they become text.</param>
internal sealed record GenerationSettings(int N, int BestOf, bool IsReportingLogprobs, SamplingParameters Sampling, TextOptions Text);
