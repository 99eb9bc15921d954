namespace Inference.Execution;

/// <summary>How a model is executed.</summary>
public sealed record ExecutorOptions
{
    /// <summary>Threads that compute, the calling one included; 0 takes one per processor (<c>--threads</c>).</summary>
    public int Threads { get; init; }

    /// <summary>Tokens per KV cache block: a power of two from 16 to 1024 (<c>--block-size</c>).</summary>
    public int BlockSize { get; init; } = 16;

    /// <summary>Blocks in the KV cache, at least 1 (<c>--num-blocks</c>).</summary>
    public required int BlockCount { get; init; }

    /// <summary>The longest sequence served; at most what the model was made for (<c>--max-model-len</c>).</summary>
    public required int MaxModelLength { get; init; }

    /// <summary>Whether other executors use the same cores: threads then sleep between steps, where they would wait awake for the next one.</summary>
    public bool SharesCores { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it and its value.</exception>
    public void Validate()
    {
        Require(Threads >= 0, "--threads", Threads, "0 or more");
        Require(BlockSize is >= 16 and <= 1024 && int.IsPow2(BlockSize), "--block-size", BlockSize, "a power of two from 16 to 1024");
        Require(BlockCount >= 1, "--num-blocks", BlockCount, "1 or more");
        Require(MaxModelLength >= 1, "--max-model-len", MaxModelLength, "1 or more");
    }

    private static void Require(bool condition, string option, int value, string range)
    {
        if (!condition)
        {
            throw new ArgumentException($"{option} is {value}; it must be {range}.");
        }
    }
}
