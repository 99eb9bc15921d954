using System.Text.Json;

namespace Inference.Tokenization.Tests;

/// <summary>Reads files of texts and ids: {"cases": [{"text", "ids", "ids_with_special"?, "decoded"?}]}.</summary>
internal static class GoldenFile
{
    /// <summary>What the tokenizer does differently, one line per difference.</summary>
    public static List<string> Differences(Tokenizer tokenizer, string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(path));
        List<string> differences = [];
        foreach (JsonElement item in document.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            int[] ids = Ids(item.GetProperty("ids"));
            int[] withSpecial = item.TryGetProperty("ids_with_special", out JsonElement special) ? Ids(special) : ids;
            string decoded = item.TryGetProperty("decoded", out JsonElement given) ? given.GetString()! : text;
            Compare("ids", Join(ids), Join(tokenizer.Encode(text)));
            Compare("ids with special tokens", Join(withSpecial), Join(tokenizer.Encode(text, addSpecialTokens: true)));
            Compare("decoded", decoded, tokenizer.Decode(ids, skipSpecialTokens: false));

            void Compare(string what, string expected, string actual)
            {
                if (expected != actual)
                    differences.Add($"{what} of {JsonSerializer.Serialize(text)}: {expected} but {actual}");
            }
        }
        return differences;
    }

    public static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    private static string Join(int[] ids) => string.Join(' ', ids);
}
