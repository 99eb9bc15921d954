using System.Text.Json;

namespace Inference.Tokenization.Loading;

/// <summary>A JSON value that knows where it stands, so that every complaint about it names the file and the field.</summary>
internal readonly struct JsonField(JsonElement element, string file, string path, int index = -1)
{
    // Put together only when asked for: a list may have half a million items.
    private string Path => index < 0 ? path : $"{path}[{index}]";

    public bool IsNull => element.ValueKind == JsonValueKind.Null;

    public bool IsString => element.ValueKind == JsonValueKind.String;

    public bool IsArray => element.ValueKind == JsonValueKind.Array;

    public bool IsObject => element.ValueKind == JsonValueKind.Object;

    /// <summary>The object's member, which must be there (it may be null).</summary>
    public JsonField this[string name] => Find(name, out JsonField field) ? field : throw Error($"'{name}' is missing");

    /// <summary>The object's member unless it is absent or null.</summary>
    public JsonField? Optional(string name) => Find(name, out JsonField field) && !field.IsNull ? field : null;

    public string Text()
    {
        if (!IsString)
            throw Error("must be a string");
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw Error("holds a surrogate without its other half");
        }
    }

    /// <summary>Bytes in base64.</summary>
    public byte[] Base64()
    {
        try
        {
            return Convert.FromBase64String(Text());
        }
        catch (FormatException e)
        {
            throw Error("must be bytes in base64", e);
        }
    }

    public bool Flag() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error("must be true or false"),
    };

    /// <summary>A whole number within the limits, both inclusive.</summary>
    public int Integer(int min, int max)
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long value) || value < min || value > max)
            throw Error($"must be a whole number from {min} to {max}, not {Shown()}");
        return (int)value;
    }

    /// <summary>A finite number.</summary>
    public double Number() =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out double value) && double.IsFinite(value)
            ? value
            : throw Error($"must be a number, not {Shown()}");

    public bool Flag(string name, bool otherwise) => Optional(name)?.Flag() ?? otherwise;

    public string? Text(string name) => Optional(name)?.Text();

    /// <summary>The string under <paramref name="name"/>, which must be exactly one code point.</summary>
    public string CodePoint(string name)
    {
        JsonField field = this[name];
        string text = field.Text();
        return text.EnumerateRunes().Count() == 1 ? text : throw field.Error("must be one character");
    }

    public IEnumerable<JsonField> Items()
    {
        if (!IsArray)
            throw Error("must be a list");
        (string listFile, string listPath) = (file, Path);
        return element.EnumerateArray().Select((item, i) => new JsonField(item, listFile, listPath, i));
    }

    /// <summary>An item of a list, which must be that long.</summary>
    public JsonField this[int item] => new(element[item], file, Path, item);

    /// <summary>The length of a list.</summary>
    public int Count() => IsArray ? element.GetArrayLength() : throw Error("must be a list");

    /// <summary>How many members an object has.</summary>
    public int MemberCount() => IsObject ? element.GetPropertyCount() : throw Error("must be an object");

    public JsonElement.ObjectEnumerator Members() => IsObject ? element.EnumerateObject() : throw Error("must be an object");

    public TokenizerFormatException Error(string what, Exception? inner = null) =>
        new($"{file}: {(Path.Length == 0 ? "the file" : Path)}: {what}", inner);

    private bool Find(string name, out JsonField field)
    {
        if (!IsObject)
            throw Error("must be an object");
        bool found = element.TryGetProperty(name, out JsonElement value);
        field = found ? new JsonField(value, file, Path.Length == 0 ? name : $"{Path}.{name}") : default;
        return found;
    }

    private string Shown()
    {
        string raw = element.GetRawText();
        return raw.Length <= 40 ? raw : raw[..40] + "...";
    }
}
