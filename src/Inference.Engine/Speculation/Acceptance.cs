namespace Inference.Engine.Speculation;

/// <summary>How well proposals for a sequence have done lately.</summary>
/// <param name="Rate">Moving mean of the accepted share of each proposal, in [0, 1].</param>
/// <param name="Length">How many tokens to propose next, if there is room.</param>
/// <param name="ResumeAt">Nothing is proposed before the sequence has generated so many tokens.</param>
/// <param name="Pause">How many tokens the next pause lasts.</param>
internal readonly record struct Acceptance(double Rate, int Length, int ResumeAt, int Pause);
