using System.Text.Json;
using Inference.Engine.Requests;
using Inference.Protocol.OpenAi;
using Inference.Server.Errors;

namespace Inference.Server.Validation;

/// <summary>The fields of beam search, checked: <c>use_beam_search</c> as in vLLM, <c>num_beams</c> as in Hugging Face's generate and LMI. Pure.</summary>
internal static class BeamSearchValidator
{
    private const double MaxLengthPenalty = 10;

    /// <summary>Null: the request is sampled. A search of width 1 is greedy decoding.</summary>
    /// <param name="body">The request.</param>
    /// <param name="n">Texts to answer.</param>
    /// <param name="maxWidth">The most beams.</param>
    /// <exception cref="ApiException">400 that names the field.</exception>
    public static BeamSearchParameters? Validate(GenerationRequestBody body, int n, int maxWidth)
    {
        var beams = Check.Range("num_beams", body.NumBeams, 1, 1, maxWidth);
        if (body.UseBeamSearch == false && beams > 1)
        {
            throw ApiErrors.Invalid("num_beams", "'num_beams' greater than 1 is beam search, which 'use_beam_search' refuses.");
        }

        var lengthPenalty = Check.Range("length_penalty", body.LengthPenalty, 1, -MaxLengthPenalty, MaxLengthPenalty);
        var earlyStopping = EarlyStoppingOf(body.EarlyStopping);
        if (body.UseBeamSearch != true && beams == 1)
        {
            Refuse("length_penalty", lengthPenalty != 1, "is only allowed with beam search.");
            Refuse("early_stopping", earlyStopping != EarlyStopping.WhenWorse, "is only allowed with beam search.");
            return null;
        }

        var width = body.NumBeams is null ? Check.Range("best_of", body.BestOf, n, 1, maxWidth) : beams;
        if (body.NumBeams is not null && body.BestOf is { } bestOf && bestOf != width)
        {
            throw ApiErrors.Invalid("best_of", "'best_of' must be equal to 'num_beams' when both are there.");
        }

        if (n > width)
        {
            throw ApiErrors.Invalid("n", $"'n' must be at most the number of beams ({width}), not {n}.");
        }

        RefuseSampling(body);
        return new BeamSearchParameters { Width = width, Answers = n, LengthPenalty = lengthPenalty, EarlyStopping = earlyStopping };
    }

    // 1, the default of most clients, is taken for "not set".
    private static void RefuseSampling(GenerationRequestBody body)
    {
        const string Why = "has no meaning in beam search.";
        Refuse("temperature", body.Temperature is not (null or 0 or 1), Why);
        Refuse("top_p", body.TopP is not (null or 1), Why);
        Refuse("top_k", body.TopK is > 0, Why);
        Refuse("min_p", body.MinP is not (null or 0), Why);
        Refuse("stop", body.Stop is { Values.Length: > 0 }, "cannot be used with beam search, which compares texts by tokens: use 'stop_token_ids'.");
    }

    private static EarlyStopping EarlyStoppingOf(JsonElement? value) => value switch
    {
        null or { ValueKind: JsonValueKind.False or JsonValueKind.Null } => EarlyStopping.WhenWorse,
        { ValueKind: JsonValueKind.True } => EarlyStopping.WhenFull,
        { ValueKind: JsonValueKind.String } text when text.ValueEquals("never") => EarlyStopping.Never,
        _ => throw ApiErrors.Invalid("early_stopping", "'early_stopping' must be true, false or \"never\"."),
    };

    private static void Refuse(string param, bool isUsed, string why)
    {
        if (isUsed)
        {
            throw ApiErrors.Invalid(param, $"'{param}' {why}");
        }
    }
}
