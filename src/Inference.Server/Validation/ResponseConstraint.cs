using Inference.Grammar;

namespace Inference.Server.Validation;

/// <summary>What the answers of a request must look like.</summary>
/// <param name="Param">The request's field that says so, for errors.</param>
/// <param name="Spec">What it says.</param>
internal sealed record ResponseConstraint(string Param, ConstraintSpec Spec)
{
    /// <summary>What the output may begin with before, or in place of, what follows the constraint; null: nothing.</summary>
    public AnswerFrame? Frame { get; init; }
}
