using Inference.Tokenization.PostProcessing;

namespace Inference.Tokenization.Loading;

/// <summary>Reads a post-processor, as far as it concerns a single text: only its special tokens matter here.</summary>
internal static class PostProcessorReader
{
    /// <param name="field">The post-processor.</param>
    /// <param name="idLimit">Ids of special tokens must be below this.</param>
    public static PostProcessor Read(JsonField field, int idLimit)
    {
        string type = field["type"].Text();
        return type switch
        {
            // It only trims offsets.
            "ByteLevel" => PostProcessor.None,
            "Sequence" => field["processors"].Items().Aggregate(
                PostProcessor.None, (inner, processor) => inner.Within(Read(processor, idLimit))),
            "TemplateProcessing" => ReadTemplate(field, idLimit),
            "BertProcessing" or "RobertaProcessing" => new PostProcessor([PairId(field["cls"], idLimit)], [PairId(field["sep"], idLimit)]),
            _ => throw field["type"].Error($"post-processor type '{type}' is not supported"),
        };
    }

    private static PostProcessor ReadTemplate(JsonField field, int idLimit)
    {
        List<int> before = [];
        List<int> after = [];
        int sequences = 0;
        foreach (JsonField piece in field["single"].Items())
        {
            if (piece.Optional("Sequence") is { } sequence)
            {
                if (sequence["id"].Text() != "A" || ++sequences > 1)
                    throw sequence.Error("a template for single texts must hold sequence A once");
                continue;
            }
            JsonField name = piece["SpecialToken"]["id"];
            JsonField token = field["special_tokens"].Optional(name.Text())
                ?? throw name.Error($"'{name.Text()}' is not among special_tokens");
            (sequences == 0 ? before : after).AddRange(token["ids"].Items().Select(id => id.Integer(0, idLimit - 1)));
        }
        return sequences == 1 ? new PostProcessor(before, after) : throw field["single"].Error("must hold sequence A");
    }

    /// <summary>The id of a ["token", id].</summary>
    private static int PairId(JsonField field, int idLimit)
    {
        JsonField[] pair = [.. field.Items()];
        return pair.Length == 2 ? pair[1].Integer(0, idLimit - 1) : throw field.Error("must be a token and its id");
    }
}
