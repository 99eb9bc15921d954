using Inference.Tokenization.Bpe;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a model of type BPE.</summary>
internal static class BpeReader
{
    public static (Vocabulary, BpeModel) Read(JsonField model)
    {
        Vocabulary vocabulary = VocabularyReader.Read(model["vocab"]);
        var options = new BpeOptions
        {
            UnkToken = model.Text("unk_token"),
            ContinuingSubwordPrefix = NotEmpty(model.Text("continuing_subword_prefix")),
            EndOfWordSuffix = NotEmpty(model.Text("end_of_word_suffix")),
            FuseUnk = model.Flag("fuse_unk", false),
            ByteFallback = model.Flag("byte_fallback", false),
            IgnoreMerges = model.Flag("ignore_merges", false),
        };
        if (options.UnkToken is { } unk && vocabulary.Find(unk) < 0)
            throw model["unk_token"].Error($"'{unk}' is not in the vocabulary");
        var joints = new MergeJoints();
        MergeTable merges = ReadMerges(model["merges"], vocabulary, options.ContinuingSubwordPrefix?.Length ?? 0, joints);
        return (vocabulary, new BpeModel(vocabulary, merges, options, joints));
    }

    /// <summary>A list of ["a", "b"], or of "a b" as older files have it.</summary>
    private static MergeTable ReadMerges(JsonField field, Vocabulary vocabulary, int prefixLength, MergeJoints joints)
    {
        var merges = new MergeTable(field.Count());
        int rank = 0;
        char[] joined = new char[256];
        foreach (JsonField merge in field.Items())
        {
            // The format's own first line, which some files carry along.
            if (merge.IsString && merge.Text().StartsWith("#version", StringComparison.Ordinal))
                continue;
            ReadPair(merge, out ReadOnlySpan<char> left, out ReadOnlySpan<char> right);
            (int leftId, int rightId) = (IdIn(vocabulary, left, merge), IdIn(vocabulary, right, merge));
            if (left.Length == 0 || right.Length == 0)
                throw merge.Error("holds an empty token");
            joints.Add(left, right);
            if (right.Length < prefixLength)
                throw merge.Error($"'{right}' is shorter than continuing_subword_prefix");
            int length = left.Length + right.Length - prefixLength;
            if (joined.Length < length)
                joined = new char[length * 2];
            left.CopyTo(joined);
            right[prefixLength..].CopyTo(joined.AsSpan(left.Length));
            merges.Set(leftId, rightId, rank++, IdIn(vocabulary, joined.AsSpan(0, length), merge));
        }
        return merges;
    }

    private static void ReadPair(JsonField merge, out ReadOnlySpan<char> left, out ReadOnlySpan<char> right)
    {
        if (merge.IsArray)
        {
            if (merge.Count() != 2)
                throw merge.Error("must be a pair of tokens");
            left = merge[0].Text();
            right = merge[1].Text();
            return;
        }
        string text = merge.Text();
        int space = text.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || text.IndexOf(' ', space + 1) >= 0)
            throw merge.Error("must be two tokens with one space between them");
        left = text.AsSpan(0, space);
        right = text.AsSpan(space + 1);
    }

    private static int IdIn(Vocabulary vocabulary, ReadOnlySpan<char> token, JsonField merge) =>
        vocabulary.Find(token) is var id and >= 0 ? id : throw merge.Error($"token '{token}' is not in the vocabulary");

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
