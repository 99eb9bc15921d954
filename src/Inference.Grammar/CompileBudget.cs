namespace Inference.Grammar;

/// <summary>What is left to one compilation of its time and its states. Checked before anything grows.</summary>
internal sealed class CompileBudget(ConstraintLimits limits, TimeProvider time, CancellationToken cancellation)
{
    /// <summary>Checks of the clock are this many spendings apart.</summary>
    private const int CheckInterval = 1024;

    private readonly long _start = time.GetTimestamp();
    private int _untilCheck = CheckInterval;

    public ConstraintLimits Limits => limits;

    /// <summary>What is being compiled, for errors.</summary>
    public string Place { get; set; } = "The constraint";

    /// <summary>States that the automaton being built has.</summary>
    /// <exception cref="ConstraintException">They are too many, or time is up.</exception>
    public void CheckStates(int count)
    {
        if (count > limits.MaxStates)
            throw new ConstraintException($"{Place} is too large: it needs more than {limits.MaxStates} states.");
        CheckTime();
    }

    /// <summary>To be called again and again by whatever may take long.</summary>
    /// <exception cref="ConstraintException">Time is up.</exception>
    public void CheckTime()
    {
        if (--_untilCheck > 0)
            return;
        _untilCheck = CheckInterval;
        cancellation.ThrowIfCancellationRequested();
        if (time.GetElapsedTime(_start) > limits.Timeout)
            throw new ConstraintException($"{Place} is too complex: compiling takes longer than {limits.Timeout.TotalSeconds:0.###} seconds.");
    }
}
