using System.Collections;
using System.Text.Json;

namespace Inference.Tokenization.Loading;

/// <summary>
/// Reads a vocabulary that is an object of token: id. The ids must be distinct; of a token that is named twice the last one
/// counts.
/// </summary>
internal static class VocabularyReader
{
    public static Vocabulary Read(JsonField field)
    {
        Dictionary<string, int> ids = new(field.MemberCount());
        foreach (JsonProperty member in field.Members())
            ids[NameOf(member, field)] = IdOf(member, field);
        BitArray taken = new(TokenizerReader.IdLimit);
        foreach ((string token, int id) in ids)
        {
            if (taken[id])
                throw field.Error($"id {id} of token '{token}' belongs to another token as well");
            taken[id] = true;
        }
        return new Vocabulary(ids);
    }

    private static string NameOf(JsonProperty member, JsonField field)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw field.Error("a token holds a surrogate without its other half");
        }
    }

    private static int IdOf(JsonProperty member, JsonField field)
    {
        if (member.Value.ValueKind != JsonValueKind.Number || !member.Value.TryGetInt64(out long id)
            || id is < 0 or >= TokenizerReader.IdLimit)
            throw field.Error($"the id of token '{member.Name}' must be a whole number from 0 to {TokenizerReader.IdLimit - 1}");
        return (int)id;
    }
}
