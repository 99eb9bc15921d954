using Inference.Models.Checkpoints;

namespace Inference.Models.Gguf;

/// <summary>
/// The metadata under an architecture's name. Every key must be one that is understood: one that is not could change what the model
/// computes.
/// </summary>
internal sealed class GgufHyperparameters(GgufFile file, string architecture)
{
    private readonly GgufMetadata _metadata = file.Metadata;
    private readonly HashSet<string> _understood = new(StringComparer.Ordinal);

    /// <summary>The file's name for the architecture.</summary>
    public string Architecture => architecture;

    /// <summary>Whether the file has a tensor.</summary>
    public bool Has(string tensor) => file.Tensors.ContainsKey(tensor);

    /// <summary>A tensor's place, or null.</summary>
    public StoredTensor? Find(string tensor) => file.Tensors.GetValueOrDefault(tensor);

    /// <summary>A size that must be there.</summary>
    public int Integer(string name) => OptionalInteger(name) ?? throw Missing(name);

    /// <summary>A size that may be missing.</summary>
    public int? OptionalInteger(string name)
    {
        var value = _metadata.GetInteger(Understand(name));
        return value is null or (>= 0 and <= int.MaxValue) ? (int?)value : throw Error(name, $"is {value}");
    }

    /// <summary>A number that must be there.</summary>
    public float Number(string name) => (float)(OptionalNumber(name) ?? throw Missing(name));

    /// <summary>A number that may be missing.</summary>
    public double? OptionalNumber(string name) => _metadata.GetFloat(Understand(name));

    /// <summary>A flag, or what the architecture takes in its place.</summary>
    public bool Flag(string name, bool otherwise) => _metadata.GetBoolean(Understand(name)) ?? otherwise;

    /// <summary>A text, or null.</summary>
    public string? Text(string name) => _metadata.GetString(Understand(name));

    /// <summary>Refuses a number that is there and is another.</summary>
    public void Expect(string name, long expected)
    {
        if (_metadata.GetInteger(Understand(name)) is { } value && value != expected)
        {
            throw Error(name, $"is {value}; only {expected} is supported");
        }
    }

    /// <summary>Refuses a key that nobody has asked for.</summary>
    public void RefuseUnknown()
    {
        var prefix = Key("");
        var unknown = _metadata.Keys.FirstOrDefault(key => key.StartsWith(prefix, StringComparison.Ordinal) && !_understood.Contains(key));
        if (unknown is not null)
        {
            throw _metadata.Error(OneLine.Shorten(unknown), "is not supported");
        }
    }

    /// <summary>Takes note of a key that says nothing new.</summary>
    public string Understand(string name)
    {
        var key = Key(name);
        _understood.Add(key);
        return key;
    }

    /// <summary>An exception that names the file and the key.</summary>
    public ModelFormatException Error(string name, string what) => _metadata.Error(Key(name), what);

    private ModelFormatException Missing(string name) => Error(name, "is missing");

    private string Key(string name) => $"{architecture}.{name}";
}
