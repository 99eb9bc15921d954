namespace Inference.LoadTest.Data;

/// <summary>Random prompts, alike in nothing but the prefixes that they are given.</summary>
internal sealed class RandomData : IDataSet
{
    private readonly RandomDataOptions _options;

    /// <exception cref="FormatException">An option is out of its range.</exception>
    public RandomData(RandomDataOptions options)
    {
        options.Validate();
        _options = options;
    }

    public int? Count => null;

    public Conversation Get(int index)
    {
        var random = new Random(unchecked(_options.Seed * 16777619 + index));
        var prefix = Tokens(new Random(unchecked(_options.Seed * 16777619 - 1 - random.Next(_options.Prefixes))), _options.PrefixTokens);
        return new Conversation([], [.. Enumerable.Range(0, _options.Turns).Select(turn => TurnOf(random, turn == 0 ? prefix : []))]);
    }

    private Turn TurnOf(Random random, int[] prefix)
    {
        var input = Math.Max(prefix.Length + 1, Length(random, _options.InputTokens));
        var output = Length(random, _options.OutputTokens);
        int[] ids = [.. prefix, .. Tokens(random, input - prefix.Length)];
        return _options is { AsTokenIds: true, Turns: 1 } ? new Turn(null, [.. ids], input, output) : new Turn(Words.Of(ids), null, input, output);
    }

    private int Length(Random random, int length)
    {
        var spread = (int)(length * _options.RangeRatio);
        return Math.Max(1, random.Next(length - spread, length + spread + 1));
    }

    private int[] Tokens(Random random, int count)
    {
        var ids = new int[count];
        for (var i = 0; i < count; i++)
            ids[i] = random.Next(_options.Vocabulary.First, _options.Vocabulary.End);
        return ids;
    }
}
