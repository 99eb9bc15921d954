namespace Inference.Tokenization.Gguf;

/// <summary>Reads metadata values of a GGUF file; complaints name the file and the key.</summary>
internal sealed class GgufFields(GgufVocabulary file)
{
    public bool Has(string key) => file.Metadata.ContainsKey(key);

    public string? Text(string key) => Optional<string>(key, "a string");

    public string[] Texts(string key) => Optional<string[]>(key, "an array of strings") ?? throw Error(key, "is missing");

    public bool Flag(string key, bool otherwise) => file.Metadata.TryGetValue(key, out object? value)
        ? value is bool flag ? flag : throw Error(key, "should be a bool")
        : otherwise;

    /// <summary>Floating-point numbers, all finite and <paramref name="count"/> of them; null when the key is absent.</summary>
    public float[]? Numbers(string key, int count)
    {
        float[]? numbers = Optional<float[]>(key, "an array of floating-point numbers");
        if (numbers is not null && numbers.Length != count)
            throw Error(key, $"should have {count} elements, not {numbers.Length}");
        return numbers is null || Array.TrueForAll(numbers, float.IsFinite)
            ? numbers
            : throw Error(key, "holds something that is not a number");
    }

    /// <summary>32-bit integers, <paramref name="count"/> of them; null when the key is absent.</summary>
    public int[]? Integers(string key, int count)
    {
        int[]? numbers = file.Metadata.GetValueOrDefault(key) switch
        {
            null => null,
            // The runtime would cast these to int[] as well.
            uint[] unsigned => [.. unsigned.Select(number => unchecked((int)number))],
            int[] signed => signed,
            _ => throw Error(key, "should be an array of 32-bit integers"),
        };
        return numbers is null || numbers.Length == count
            ? numbers
            : throw Error(key, $"should have {count} elements, not {numbers.Length}");
    }

    public byte[]? Bytes(string key) => file.Metadata.GetValueOrDefault(key) switch
    {
        null => null,
        Array array and (byte[] or sbyte[]) => (byte[])array,
        _ => throw Error(key, "should be an array of bytes"),
    };

    /// <summary>A token's id, below <paramref name="count"/>; null when the key is absent.</summary>
    public int? Id(string key, int count)
    {
        long? id = file.Metadata.GetValueOrDefault(key) switch
        {
            null => null,
            uint value => value,
            int value => value,
            ulong value and <= int.MaxValue => (long)value,
            long value => value,
            _ => throw Error(key, "should be a token's id"),
        };
        // Files say "none" with the largest number.
        if (id is null or -1 or uint.MaxValue)
            return null;
        return id >= 0 && id < count ? (int)id : throw Error(key, $"{id} is no token's id: there are {count} tokens");
    }

    public TokenizerFormatException Error(string key, string what, Exception? inner = null) =>
        new($"{file.Path}: metadata '{key}': {what}", inner);

    private T? Optional<T>(string key, string expected)
        where T : class =>
        file.Metadata.TryGetValue(key, out object? value) ? value as T ?? throw Error(key, $"should be {expected}") : null;
}
