using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Inference.Grammar.Json;

/// <summary>A schema as JSON, and its places.</summary>
internal sealed class SchemaDocument : IDisposable
{
    private const int MaxNesting = 256;

    /// <summary>The characters that are told of a pointer, and kept of a longer one.</summary>
    private const int MaxPointer = 200;

    private readonly JsonDocument _json;
    private readonly Dictionary<(string Pointer, bool IsConstant), SchemaLocation> _locations = [];
    private readonly Dictionary<string, (JsonElement Value, string Pointer)> _targets = new(StringComparer.Ordinal);

    private SchemaDocument(JsonDocument json) => _json = json;

    public SchemaLocation Root => At("#", _json.RootElement);

    /// <exception cref="ConstraintException">It is not JSON, or has a string that is no text.</exception>
    public static SchemaDocument Parse(string schema)
    {
        var json = Encoding.UTF8.GetBytes(schema);
        try
        {
            CheckText(json);
            return new SchemaDocument(JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = MaxNesting, AllowDuplicateProperties = false }));
        }
        catch (JsonException exception)
        {
            throw new ConstraintException($"The schema is not valid JSON: {FirstLine(exception.Message)}", exception);
        }
    }

    /// <summary>The place of a pointer. Of a long one it keeps the beginning and a number: what is below must not repeat all of it.</summary>
    public SchemaLocation At(string pointer, JsonElement value, bool isConstant = false)
    {
        if (!_locations.TryGetValue((pointer, isConstant), out var location))
        {
            var id = _locations.Count;
            var kept = pointer.Length <= MaxPointer ? pointer : Shorten(pointer) + NameOf(id);
            _locations[(pointer, isConstant)] = location = new SchemaLocation(id, value, kept, isConstant);
        }

        return location;
    }

    /// <summary>The schema below a place.</summary>
    public SchemaLocation Child(SchemaLocation parent, JsonElement value, params ReadOnlySpan<string> path) => At(PointerTo(parent, path), value, parent.IsConstant);

    public static string PointerTo(SchemaLocation parent, params ReadOnlySpan<string> path)
    {
        var pointer = parent.Pointer;
        foreach (var name in path)
            pointer += "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);
        return pointer;
    }

    /// <summary>What a $ref means.</summary>
    /// <exception cref="ConstraintException">It means nothing in this document.</exception>
    public SchemaLocation Resolve(string reference, SchemaLocation from)
    {
        if (!_targets.TryGetValue(reference, out var target))
            _targets[reference] = target = Find(reference) ?? throw Error(PointerTo(from, "$ref"), $"refers to '{Shorten(reference)}', which is not in this schema");
        return At(target.Pointer, target.Value);
    }

    public static ConstraintException Error(string pointer, string what) => new($"The schema at {Shorten(pointer)} {what}.");

    public static string Shorten(string text) => text.Length <= MaxPointer ? text : text[..MaxPointer] + "…";

    /// <summary>An item's name in a pointer.</summary>
    public static string NameOf(int index) => index.ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _json.Dispose();

    private (JsonElement, string)? Find(string reference)
    {
        if (reference is "#" or "")
            return (_json.RootElement, "#");
        if (_json.RootElement.ValueKind == JsonValueKind.Object && _json.RootElement.TryGetProperty("$id", out var id)
            && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } root && reference.StartsWith(root, StringComparison.Ordinal))
        {
            reference = reference[root.Length..] is { Length: > 0 } rest ? rest : "#";
            if (reference == "#")
                return (_json.RootElement, "#");
        }

        if (!reference.StartsWith('#'))
            return null;
        return reference.StartsWith("#/", StringComparison.Ordinal)
            ? FindPointer(Uri.UnescapeDataString(reference[2..]))
            : FindAnchor(reference[1..]) is { } anchored ? (anchored, reference) : null;
    }

    private (JsonElement, string)? FindPointer(string path)
    {
        var value = _json.RootElement;
        foreach (var part in path.Split('/'))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            if (value.ValueKind == JsonValueKind.Array && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < value.GetArrayLength())
                value = value[index];
            else if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
                return null;
        }

        return (value, "#/" + path);
    }

    private JsonElement? FindAnchor(string anchor)
    {
        var pending = new Stack<JsonElement>([_json.RootElement]);
        while (pending.TryPop(out var value))
        {
            if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in value.EnumerateArray())
                    pending.Push(item);
            }

            if (value.ValueKind != JsonValueKind.Object)
                continue;
            if (value.TryGetProperty("$anchor", out var name) && name.ValueKind == JsonValueKind.String && name.ValueEquals(anchor))
                return value;
            foreach (var property in value.EnumerateObject())
                pending.Push(property.Value);
        }

        return null;
    }

    /// <summary>JSON can spell half a surrogate pair, which is found only by reading strings and names as text.</summary>
    private static void CheckText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxNesting });
        while (reader.Read())
        {
            if (!reader.ValueIsEscaped)
                continue;
            try
            {
                _ = reader.GetString();
            }
            catch (InvalidOperationException exception)
            {
                throw new ConstraintException($"The schema holds half a surrogate pair at byte {NameOf((int)reader.TokenStartIndex)}.", exception);
            }
        }
    }

    private static string FirstLine(string message) => message.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? message[..end] : message;
}
