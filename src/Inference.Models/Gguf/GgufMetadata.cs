using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// The key-value pairs of a GGUF file. A value is boxed as the type it has in the file (<see cref="byte"/> to <see cref="double"/>,
/// <see cref="bool"/>, <see cref="string"/>); an array is an array of those, or of arrays.
/// </summary>
internal sealed class GgufMetadata(CheckpointFile file, IReadOnlyDictionary<string, object> values)
{
    /// <summary>All pairs.</summary>
    public IReadOnlyDictionary<string, object> Values => values;

    /// <summary>All keys.</summary>
    public IEnumerable<string> Keys => values.Keys;

    /// <summary>Any value, or null when the key is absent.</summary>
    public object? Get(string key) => values.GetValueOrDefault(key);

    /// <summary>A string, or null when the key is absent.</summary>
    /// <exception cref="ModelFormatException">Another type.</exception>
    public string? GetString(string key) => Get(key) switch
    {
        null => null,
        string text => text,
        var other => throw WrongType(key, "a string", other),
    };

    /// <summary>An integer of any width, or null when the key is absent.</summary>
    /// <exception cref="ModelFormatException">Another type, or outside the 64-bit signed range.</exception>
    public long? GetInteger(string key) => Get(key) switch
    {
        null => null,
        byte value => value,
        sbyte value => value,
        ushort value => value,
        short value => value,
        uint value => value,
        int value => value,
        long value => value,
        ulong value and <= long.MaxValue => (long)value,
        var other => throw WrongType(key, "an integer", other),
    };

    /// <summary>A floating-point number, or null when the key is absent.</summary>
    /// <exception cref="ModelFormatException">Another type.</exception>
    public double? GetFloat(string key) => Get(key) switch
    {
        null => null,
        float value => value,
        double value => value,
        var other => throw WrongType(key, "a floating-point number", other),
    };

    /// <summary>A flag, or null when the key is absent.</summary>
    /// <exception cref="ModelFormatException">Another type.</exception>
    public bool? GetBoolean(string key) => Get(key) switch
    {
        null => null,
        bool value => value,
        var other => throw WrongType(key, "true or false", other),
    };

    /// <summary>An exception whose message names the file and the key.</summary>
    public ModelFormatException Error(string key, string what) => file.Error($"metadata '{key}': {what}");

    private ModelFormatException WrongType(string key, string expected, object value) =>
        Error(key, $"should be {expected}, not {(value is Array ? "an array" : $"{value.GetType().Name} {value}")}");
}
