namespace Inference.Testing;

/// <summary>A script that goes round in circles and now and then leaves them: what is proposed from its past is often right, and often wrong.</summary>
public static class RepetitiveScript
{
    private const int Tokens = 11;

    /// <summary>The token after a history: a <see cref="ScriptedExecutor.NextToken"/>.</summary>
    public static int Next(ReadOnlySpan<int> history)
    {
        if (history.Length % 9 != 0)
            return (history[^1] * 7 + 3) % Tokens;

        var sum = 0;
        foreach (var token in history)
            sum = (sum * 31 + token) % 10_007;
        return sum % Tokens;
    }
}
