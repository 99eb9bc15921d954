using System.Collections.Immutable;
using System.Text.Json;

namespace Inference.Models.Checkpoints;

/// <summary>
/// The fields of a JSON object in a file, read with errors that name file and field. A field that is null counts as absent.
/// </summary>
internal sealed class JsonFields
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    private readonly string _file;
    private readonly string _prefix;
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _nulls = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    private JsonFields(string file, string prefix, JsonElement element)
    {
        _file = file;
        _prefix = prefix;
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Null)
            {
                _nulls.Add(property.Name);
            }
            else
            {
                _fields.Add(property.Name, property.Value);
            }
        }
    }

    /// <summary>The fields that are present and not null.</summary>
    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>Parses a document whose root is an object.</summary>
    /// <exception cref="ModelFormatException">No valid JSON, a field that occurs twice, or no object.</exception>
    public static JsonFields Parse(string file, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Options);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonFields(file, "", document.RootElement.Clone())
                : throw new ModelFormatException($"{file}: the JSON is not an object");
        }
        catch (Exception exception) when (IsBadJson(exception))
        {
            throw new ModelFormatException($"{file}: is not valid JSON: {OneLine.Shorten(exception.Message)}", exception);
        }
    }

    /// <summary>Reads a file of at most <paramref name="maxBytes"/> and parses it.</summary>
    public static JsonFields Load(string path, int maxBytes)
    {
        using var file = CheckpointFile.Open(path);
        if (file.Length > maxBytes)
        {
            throw file.Error($"is {file.Length} bytes long, over the limit of {maxBytes}");
        }

        var bytes = new byte[file.Length];
        file.Read(0, bytes);
        return Parse(path, bytes);
    }

    /// <summary>Whether a field is present and not null.</summary>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>Whether a field that is there was never asked for.</summary>
    public bool IsUnread(string name) => _fields.ContainsKey(name) && !_read.Contains(name);

    /// <summary>Whether a field is present and false.</summary>
    public bool IsFalse(string name) => _fields.TryGetValue(name, out var element) && element.ValueKind == JsonValueKind.False;

    /// <summary>Whether a field is absent or null, or false, an empty text, list or object.</summary>
    public bool IsEmpty(string name) => !_fields.TryGetValue(name, out var element) || element.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.String => element.ValueEquals(""),
        JsonValueKind.Array => element.GetArrayLength() == 0,
        JsonValueKind.Object => element.GetPropertyCount() == 0,
        _ => false,
    };

    /// <summary>Whether a field is present and null.</summary>
    public bool IsNull(string name) => _nulls.Contains(name);

    public string? GetString(string name) => Get(name, "a string", static element =>
        element.ValueKind == JsonValueKind.String ? element.GetString() : null);

    /// <summary>Whether a field is a text, whatever it should be.</summary>
    public bool IsString(string name) => _fields.TryGetValue(name, out var element) && element.ValueKind == JsonValueKind.String;

    public bool? GetBool(string name) => Get<bool?>(name, "true or false", static element => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    });

    public int? GetInt32(string name) => Get<int?>(name, "an integer of 32 bits", static element =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value) ? value : null);

    public double? GetNumber(string name) => Get<double?>(name, "a number", static element =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var value) ? value : null);

    public ImmutableArray<long>? GetIntegers(string name) => Get<ImmutableArray<long>?>(name, "a list of integers", static element =>
        TryGetItems(element, item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var value) ? value : (long?)null)
            is { } items ? [.. items.Select(item => item!.Value)] : null);

    /// <summary>A list of integers, or one integer, which stands for a list of it.</summary>
    public ImmutableArray<long>? GetOneOrMore(string name) =>
        _fields.TryGetValue(name, out var element) && element.ValueKind == JsonValueKind.Number
            ? [Require(name, GetInt32(name))]
            : GetIntegers(name);

    public ImmutableArray<double>? GetNumbers(string name) => Get<ImmutableArray<double>?>(name, "a list of numbers", static element =>
        TryGetItems(element, item => item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out var value) ? value : (double?)null)
            is { } items ? [.. items.Select(item => item!.Value)] : null);

    public ImmutableArray<string>? GetStrings(string name) => Get<ImmutableArray<string>?>(name, "a list of strings", static element =>
        TryGetItems(element, item => item.ValueKind == JsonValueKind.String ? item.GetString() : null)
            is { } items ? [.. items.Select(item => item!)] : null);

    public JsonFields? GetObject(string name) => Get(name, "an object", element =>
        element.ValueKind == JsonValueKind.Object ? new JsonFields(_file, $"{_prefix}{OneLine.Shorten(name)}.", element) : null);

    /// <summary>A value that must be there.</summary>
    public T Require<T>(string name, T? value)
        where T : struct => value ?? throw Missing(name);

    /// <inheritdoc cref="Require{T}(string, T?)"/>
    public T Require<T>(string name, T? value)
        where T : class => value ?? throw Missing(name);

    /// <summary>An exception whose message names the file and the field.</summary>
    public ModelFormatException Error(string name, string what) => new($"{_file}: '{_prefix}{OneLine.Shorten(name)}' {what}");

    private ModelFormatException Missing(string name) => Error(name, "is missing");

    private T? Get<T>(string name, string expected, Func<JsonElement, T?> read)
    {
        _read.Add(name);
        if (!_fields.TryGetValue(name, out var element))
        {
            return default;
        }

        try
        {
            return read(element) ?? throw Error(name, $"should be {expected}");
        }
        catch (Exception exception) when (IsBadJson(exception))
        {
            throw new ModelFormatException(Error(name, "is not valid text").Message, exception);
        }
    }

    private static List<T>? TryGetItems<T>(JsonElement element, Func<JsonElement, T> read)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var items = new List<T>();
        foreach (var item in element.EnumerateArray())
        {
            var value = read(item);
            if (value is null)
            {
                return null;
            }

            items.Add(value);
        }

        return items;
    }

    /// <summary>The JSON reader reports text that is no valid UTF-8 or UTF-16 only when it is fetched, as an invalid operation.</summary>
    private static bool IsBadJson(Exception exception) => exception is JsonException or InvalidOperationException;
}
